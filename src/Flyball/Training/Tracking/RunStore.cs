using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Training.Artifacts;

namespace Flyball.Training.Tracking;

/// <summary>Runs: created, changed, deleted, restored. What they log is written by <see cref="RunLog"/>.</summary>
public sealed class RunStore(Catalog catalog, TimeProvider time, TrackingIds ids)
{
    /// <summary>The tag that holds a run's name; tag and name are one.</summary>
    public const string NameTag = "mlflow.runName";

    private const string ModelHistoryTag = "mlflow.log-model.history";

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Creates a run in the state RUNNING.</summary>
    public async Task<TrackedRun> CreateAsync(NewRun run, RequestMark? mark, CancellationToken ct)
    {
        var tagged = run.Tags.LastOrDefault(t => t.Key == NameTag)?.Value;
        if (!string.IsNullOrEmpty(run.Name) && !string.IsNullOrEmpty(tagged) && run.Name != tagged)
        {
            throw TrackingProblems.Wrong("run_name", $"Both 'run_name' argument and '{NameTag}' tag are specified, but with different values (run_name='{run.Name}', {NameTag}='{tagged}').");
        }

        var name = !string.IsNullOrEmpty(run.Name) ? run.Name : !string.IsNullOrEmpty(tagged) ? tagged : ids.Name();
        var tags = run.Tags.Where(t => t.Key != NameTag).Append(new KeyText(NameTag, name)).Select((t, i) => TrackingLimits.Tag(t, $"tags[{i}].key")).ToList();
        TrackingLimits.CheckLength("run_name", name, TrackingLimits.TagValue);
        var newId = ids.Run();
        TrackedRun? made = null;
        var id = await catalog.WriteAsync(
            (db, tx) => RequestMark.Once(db, tx, mark, () =>
            {
                made = Insert(db, tx, newId, run, name, tags);
                return newId;
            }),
            ct);
        return id == newId ? made! : Get(id);
    }

    /// <summary>Also one that was deleted.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3301: there is none.</exception>
    public TrackedRun Get(string runId) => catalog.Read(db => RunRows.Find(db, runId) is { } row ? RunRows.WithAll(db, [row])[0] : throw TrackingProblems.NoRun(runId));

    /// <summary>Changes what is not null.</summary>
    public async Task<TrackedRun> UpdateAsync(string runId, string? status, long? endMs, string? name, CancellationToken ct)
    {
        TrackingLimits.CheckLength("run_name", name, TrackingLimits.TagValue);
        await catalog.WriteAsync(
            (db, tx) =>
            {
                var no = RunRows.RequireActive(db, tx, runId);
                db.Execute("UPDATE tracking_runs SET status = COALESCE(@status, status), end_ms = COALESCE(@endMs, end_ms) WHERE run_no = @no", new { no, status, endMs }, tx);
                if (!string.IsNullOrEmpty(name))
                {
                    RunRows.SetTag(db, tx, no, new KeyText(NameTag, name));
                }

                return no;
            },
            ct);
        return Get(runId);
    }

    public Task DeleteAsync(string runId, CancellationToken ct) => MoveAsync(runId, Lifecycle.Deleted, ct);

    public Task RestoreAsync(string runId, CancellationToken ct) => MoveAsync(runId, Lifecycle.Active, ct);

    /// <summary>Removes a tag.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3301: the run has no such tag.</exception>
    public Task DeleteTagAsync(string runId, string key, CancellationToken ct) => catalog.WriteAsync(
        (db, tx) =>
        {
            var no = RunRows.RequireActive(db, tx, runId);
            return db.Execute("DELETE FROM tracking_tags WHERE run_no = @no AND key = @key", new { no, key }, tx) == 1
                ? no
                : throw TrackingProblems.NotFound($"No tag with name: {key} in run with id {runId}");
        },
        ct);

    /// <summary>Notes a model's description in the run's history of logged models, a list in a tag; the oldest go when it is full.</summary>
    public Task NoteModelAsync(string runId, JsonObject model, CancellationToken ct) => catalog.WriteAsync(
        (db, tx) =>
        {
            var no = RunRows.RequireActive(db, tx, runId);
            var before = db.QueryFirstOrDefault<string>("SELECT value FROM tracking_tags WHERE run_no = @no AND key = @key", new { no, key = ModelHistoryTag }, tx);
            // Clients write that tag as well: what is no list is begun anew.
            var history = ForeignJson.Read(before) as JsonArray ?? [];
            history.Add(model.DeepClone());
            while (history.Count > 1 && history.ToJsonString().Length > TrackingLimits.TagValue)
            {
                history.RemoveAt(0);
            }

            RunRows.SetTag(db, tx, no, new KeyText(ModelHistoryTag, history.ToJsonString()));
            return no;
        },
        ct);

    private Task<int> MoveAsync(string runId, string to, CancellationToken ct) => catalog.WriteAsync(
        (db, tx) => db.Execute("UPDATE tracking_runs SET lifecycle = @to WHERE run_id = @runId", new { runId, to }, tx) == 1 ? 0 : throw TrackingProblems.NoRun(runId), ct);

    private TrackedRun Insert(IDbConnection db, IDbTransaction tx, string id, NewRun run, string name, IReadOnlyList<KeyText> tags)
    {
        ExperimentStore.RequireActive(db, tx, run.ExperimentId);
        var location = db.ExecuteScalar<string>("SELECT artifact_location FROM tracking_experiments WHERE experiment_id = @ExperimentId", run, tx)!;
        var made = new TrackedRun
        {
            RunNo = db.ExecuteScalar<long>("SELECT COALESCE(MAX(run_no), 0) + 1 FROM tracking_runs", transaction: tx),
            RunId = id,
            Name = name,
            ExperimentId = run.ExperimentId,
            UserId = run.UserId,
            Status = RunStatus.Running,
            StartMs = run.StartMs is { } at and > 0 ? at : Now,
            ArtifactUri = ArtifactUri.Below(location, $"{id}/artifacts"),
            Lifecycle = Lifecycle.Active,
            // As they are read: by key, the last of a key.
            Tags = [.. tags.GroupBy(t => t.Key, StringComparer.Ordinal).Select(g => g.Last()).OrderBy(t => t.Key, StringComparer.Ordinal)],
        };
        db.Execute(
            """
            INSERT INTO tracking_runs (run_no, run_id, name, experiment_id, user_id, status, start_ms, artifact_uri, lifecycle)
            VALUES (@RunNo, @RunId, @Name, @ExperimentId, @UserId, @Status, @StartMs, @ArtifactUri, @Lifecycle)
            """,
            made,
            tx);
        foreach (var tag in tags)
        {
            RunRows.SetTag(db, tx, made.RunNo, tag);
        }

        return made;
    }
}

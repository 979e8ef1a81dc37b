using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Storage.Audit;
using Flyball.Training.Datasets;
using Flyball.Training.Jobs;
using Flyball.Training.Lineage;
using Flyball.Workspaces;

namespace Flyball.Training;

/// <summary>
/// Makes training runs: snapshot of the data, identity, child process, results into blobs and catalog.
/// Submitting what was already trained gives the first run back. One run at a time.
/// </summary>
public sealed class TrainingRuns(Workspace workspace, EventLog events, ActiveProject project, TrainingOptions options) : IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);

    /// <summary>Where runs say what they read and made.</summary>
    public LineageLog Lineage { get; } = new(workspace);

    /// <param name="progress">One line of JSON a finished step: see <see cref="StepSummary"/>.</param>
    /// <returns>The run, and whether it had been made before.</returns>
    /// <exception cref="FlyballException">There is no such model.</exception>
    public async Task<(TrainingRun Run, bool Cached)> RunAsync(
        string model, TrainingRequest request, Caller author, Action<string>? progress, CancellationToken cancellation)
    {
        var plan = project.Current;
        var target = plan.Models.TryGetValue(model, out var found)
            ? found
            : throw new FlyballException(new Problem("FLY4004", $"The project has no model {model}.", Remedy: $"Known models: {string.Join(", ", plan.Models.Keys.Order(StringComparer.Ordinal))}."));
        await one.WaitAsync(cancellation);
        try
        {
            var horizon = events.Applied;
            var asOf = EventTime.From(workspace.Time.GetUtcNow());
            var tables = EventLake.Extend(workspace.Events, workspace.Lake, TrainingSetBuilder.SourcesOf(target), horizon);
            var id = RunIdentity.Of(target, tables, horizon.Seq, asOf.Micros, request).Hex;
            if (Find(id) is { Succeeded: true } before)
            {
                return (before, true);
            }

            await Begin(id, model, author, horizon.Seq, asOf.Micros, request.PermuteLabels, cancellation);
            var job = new TrainingJob { RunId = id, Model = model, Horizon = horizon.Seq, AsOfMicros = asOf.Micros, Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)], PermuteLabels = request.PermuteLabels };
            var directory = Prepare(job, plan, request);
            var attempt = Lineage.Start(id, plan, target, tables);
            try
            {
                await WorkerProcess.RunAsync(options, directory, workspace.Directory.Lake, workspace.Time, progress ?? (_ => { }), cancellation);
                var run = await Finish(id, directory, author, cancellation);
                Lineage.Complete(attempt, plan, target, tables, run.Bundle);
                return (run, false);
            }
            catch (Exception e)
            {
                var reason = e is FlyballException known ? known.Problem.Message : e.Message;
                await Fail(id, author, reason);
                Lineage.Fail(attempt, plan, model, reason);
                throw;
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>
    /// Clears up after a process that ended in the middle of a run: its worker is gone, so the run failed, and its job folder is of no use.
    /// Called once, before the first run of this process.
    /// </summary>
    public async Task RecoverAsync(CancellationToken cancellation)
    {
        Lineage.Recover();
        await workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute(
                "UPDATE runs SET state = 'failed', finished_at = @now, error = 'The program ended before the run did.' WHERE state = 'running'", new { now = Now() }, tx),
            cancellation);
        if (Directory.Exists(workspace.Directory.Jobs))
        {
            Directory.Delete(workspace.Directory.Jobs, recursive: true);
        }
    }

    /// <summary>Trains a finished run again from its recorded job and compares the bundles' digests.</summary>
    public async Task<ReproducedRun> ReproduceAsync(string runId, Action<string>? progress, CancellationToken cancellation)
    {
        var run = Find(runId) ?? throw new FlyballException(new Problem("FLY4004", "There is no such run."));
        if (!run.Succeeded || JobBlob(runId) is not { } packed)
        {
            throw new FlyballException(new Problem("FLY3227", $"The run is {run.State}: there is nothing to compare with."));
        }

        await one.WaitAsync(cancellation);
        try
        {
            var directory = JobDirectory($"reproduce-{runId[..16]}");
            JobArchive.Unpack(workspace.Blobs.Read(packed), directory);
            try
            {
                await WorkerProcess.RunAsync(options, directory, workspace.Directory.Lake, workspace.Time, progress ?? (_ => { }), cancellation);
                var digest = Result(directory).Bundle;
                return new ReproducedRun(runId, digest == run.Bundle, run.Bundle!, digest);
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        finally
        {
            one.Release();
        }
    }

    public TrainingRun? Find(string runId) =>
        workspace.Catalog.Read(db => db.QuerySingleOrDefault<TrainingRun>($"{Select} WHERE run_id = @runId", new { runId }));

    /// <summary>Places in the log of the rows of a part; null when there is no such run or part.</summary>
    public long[]? RowsOf(string runId, string part) =>
        Digest.TryParse(Find(runId)?.EvaluationBlob, out var evaluation) ? FrozenEvaluation.Parse(workspace.Blobs.Read(evaluation)).Split?.Rows(part) : null;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<TrainingRun> List(string? model, int limit) =>
        workspace.Catalog.Read(db => db.Query<TrainingRun>(
            $"{Select} WHERE (@model IS NULL OR model = @model) ORDER BY started_at DESC, run_id LIMIT @limit", new { model, limit }).AsList());

    public void Dispose() => one.Dispose();

    private const string Select = """
        SELECT run_id AS RunId, model AS Model, state AS State, author AS Author, started_at AS StartedAt, finished_at AS FinishedAt,
               horizon AS Horizon, as_of_micros AS AsOfMicros, permute_labels AS PermuteLabels, bundle AS Bundle, bundle_blob AS BundleBlob,
               evaluation_blob AS EvaluationBlob, result AS Result, error AS Error
        FROM runs
        """;

    private string Prepare(TrainingJob job, ProjectPlan plan, TrainingRequest request)
    {
        var directory = JobDirectory(job.RunId[..16]);
        foreach (var (path, content) in plan.Files)
        {
            var target = Path.Combine(directory, TrainingJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        job.Write(directory);
        Place(request.ChampionBundle, TrainingJob.ChampionFileName);
        Place(request.GivenBundle, TrainingJob.GivenFileName);
        return directory;

        void Place(string? blob, string name)
        {
            if (Digest.TryParse(blob, out var digest))
            {
                File.WriteAllBytes(Path.Combine(directory, name), workspace.Blobs.Read(digest));
            }
        }
    }

    private string JobDirectory(string name)
    {
        var directory = Path.Combine(workspace.Directory.Jobs, name);
        if (Directory.Exists(directory))
        {
            // Left by a process that was killed: its run never finished, so nothing refers to it.
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
        return directory;
    }

    private Task<int> Begin(string id, string model, Caller author, long horizon, long asOf, long? permute, CancellationToken cancellation) =>
        workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute(
                """
                INSERT INTO runs (run_id, model, state, author, started_at, horizon, as_of_micros, permute_labels)
                VALUES (@id, @model, 'running', @author, @now, @horizon, @asOf, @permute)
                ON CONFLICT (run_id) DO UPDATE SET state = 'running', author = excluded.author, started_at = excluded.started_at, error = NULL
                """,
                new { id, model, author = author.Name, now = Now(), horizon, asOf, permute },
                tx),
            cancellation);

    private async Task<TrainingRun> Finish(string id, string directory, Caller author, CancellationToken cancellation)
    {
        var result = Result(directory);
        var bundle = workspace.Blobs.Put(File.ReadAllBytes(Path.Combine(directory, TrainingJob.BundleFileName)));
        var evaluation = workspace.Blobs.Put(File.ReadAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName)));
        var archive = workspace.Blobs.Put(JobArchive.Pack(directory));
        await workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute(
                """
                UPDATE runs SET state = 'succeeded', finished_at = @now, bundle = @bundleDigest, bundle_blob = @bundle,
                  evaluation_blob = @evaluation, job_blob = @archive, result = @json
                WHERE run_id = @id
                """,
                new { id, now = Now(), bundleDigest = result.Bundle, bundle = bundle.Hex, evaluation = evaluation.Hex, archive = archive.Hex, json = JsonSerializer.Serialize(result, TrainingJson.Options) },
                tx),
            cancellation);
        await Record("run.finish", id, author, AuditDecision.Allow, Digest.TryParse(result.Bundle, out var made) ? made : null, null);
        return Find(id)!;
    }

    private async Task Fail(string id, Caller author, string error)
    {
        await workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute("UPDATE runs SET state = 'failed', finished_at = @now, error = @error WHERE run_id = @id", new { id, now = Now(), error }, tx),
            CancellationToken.None);
        await Record("run.fail", id, author, AuditDecision.Deny, null, error);
    }

    private async Task Record(string action, string id, Caller author, AuditDecision decision, Digest? after, string? reason) =>
        await workspace.Audit.AppendAsync(
            new AuditEntry(author.Name, author.AuthMethod, action, "run", id) { After = after, Decision = decision, Reason = reason },
            CancellationToken.None);

    private Digest? JobBlob(string runId) =>
        Digest.TryParse(workspace.Catalog.Read(db => db.QuerySingleOrDefault<string?>("SELECT job_blob FROM runs WHERE run_id = @runId", new { runId })), out var digest) ? digest : null;

    private static TrainingResult Result(string directory) =>
        JsonSerializer.Deserialize<TrainingResult>(File.ReadAllBytes(Path.Combine(directory, TrainingJob.ResultFileName)), TrainingJson.Options)!;

    private string Now() => workspace.Time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
}

using System.Data;
using System.Globalization;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Training.Artifacts;

namespace Flyball.Training.Tracking;

/// <summary>Notes this program's own training runs, each in an experiment named after its model.</summary>
public sealed class NativeRuns(Catalog catalog, TimeProvider time)
{
    /// <summary>The tag that holds a run's whole identity.</summary>
    public const string IdTag = "flyball.run_id";

    private const int IdLength = 32;

    /// <summary>Notes a run, or its new state when it was noted before. All of it in one transaction.</summary>
    /// <returns>The id it has here.</returns>
    public Task<string> RecordAsync(NativeRun run, CancellationToken ct)
    {
        var id = run.RunId[..IdLength];
        return catalog.WriteAsync(
            (db, tx) =>
            {
                var no = db.QueryFirstOrDefault<long?>("SELECT run_no FROM tracking_runs WHERE run_id = @id", new { id }, tx) ?? Insert(db, tx, id, run);
                db.Execute("UPDATE tracking_runs SET status = @Status, end_ms = @EndMs WHERE run_no = @no", new { no, run.Status, run.EndMs }, tx);
                Put(db, tx, no, run);
                return id;
            },
            ct);
    }

    /// <summary>The status that is noted of each run, by its whole identity.</summary>
    public IReadOnlyDictionary<string, string> Noted() => catalog.Read(db => db.Query<(string Id, string Status)>(
            "SELECT t.value, r.status FROM tracking_tags t JOIN tracking_runs r ON r.run_no = t.run_no WHERE t.key = @key", new { key = IdTag })
        .GroupBy(r => r.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Status, StringComparer.Ordinal));

    /// <summary>The experiments that hold this program's runs.</summary>
    /// <param name="model">Only those of this model; null for all.</param>
    public IReadOnlyList<long> Experiments(string? model) => catalog.Read(db => db.Query<long>(
        "SELECT experiment_id FROM tracking_experiments WHERE name IN (SELECT DISTINCT model FROM runs WHERE @model IS NULL OR model = @model) ORDER BY experiment_id", new { model }).AsList());

    private static void Put(IDbConnection db, IDbTransaction tx, long no, NativeRun run)
    {
        foreach (var param in run.Params.Select((p, i) => TrackingLimits.Param(p, $"params[{i}].key")))
        {
            db.Execute(
                "INSERT INTO tracking_params (run_no, key, value, start_ms) VALUES (@no, @Key, @Value, (SELECT r.start_ms FROM tracking_runs r WHERE r.run_no = @no)) ON CONFLICT (run_no, key) DO NOTHING",
                new { no, param.Key, param.Value },
                tx);
        }

        foreach (var tag in run.Tags.Append(new KeyText(IdTag, run.RunId)))
        {
            RunRows.SetTag(db, tx, no, tag);
        }

        foreach (var (key, value) in run.Metrics)
        {
            foreach (var table in (string[])["tracking_metrics", "tracking_latest"])
            {
                db.Execute(
                    $"INSERT INTO {table} (run_no, key, at_ms, step, value, is_nan) VALUES (@no, @key, @at, 0, @value, 0) ON CONFLICT DO NOTHING",
                    new { no, key, at = run.EndMs ?? run.StartMs, value },
                    tx);
            }
        }
    }

    private long Insert(IDbConnection db, IDbTransaction tx, string id, NativeRun run)
    {
        var experiment = Experiment(db, tx, run.Model);
        var no = db.ExecuteScalar<long>("SELECT COALESCE(MAX(run_no), 0) + 1 FROM tracking_runs", transaction: tx);
        db.Execute(
            """
            INSERT INTO tracking_runs (run_no, run_id, name, experiment_id, user_id, status, start_ms, artifact_uri, lifecycle)
            VALUES (@no, @id, @name, @experiment, @Author, @Status, @StartMs, @uri, 'active')
            """,
            new { no, id, name = $"{run.Model}-{id[..8]}", experiment, run.Author, run.Status, run.StartMs, uri = ArtifactUri.Of(string.Create(CultureInfo.InvariantCulture, $"{experiment}/{id}/artifacts")) },
            tx);
        RunRows.SetTag(db, tx, no, new KeyText(RunStore.NameTag, $"{run.Model}-{id[..8]}"));
        return no;
    }

    private long Experiment(IDbConnection db, IDbTransaction tx, string model)
    {
        if (db.QueryFirstOrDefault<long?>("SELECT experiment_id FROM tracking_experiments WHERE name = @model", new { model }, tx) is { } known)
        {
            return known;
        }

        var id = db.ExecuteScalar<long>("SELECT COALESCE(MAX(experiment_id), 0) + 1 FROM tracking_experiments", transaction: tx);
        db.Execute(
            "INSERT INTO tracking_experiments (experiment_id, name, artifact_location, lifecycle, created_ms, updated_ms) VALUES (@id, @model, @location, 'active', @now, @now)",
            new { id, model, location = ArtifactUri.Of(id.ToString(CultureInfo.InvariantCulture)), now = time.GetUtcNow().ToUnixTimeMilliseconds() },
            tx);
        return id;
    }
}

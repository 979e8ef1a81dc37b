using System.Data;
using System.Globalization;
using Flyball.Storage.Catalogs;
using Flyball.Storage.DataDirectories;
using Flyball.Training.Tracking;

namespace Flyball.Benchmarks.Mlflow;

/// <summary>Fills a data directory with runs of one experiment, as if their programs had logged them; the same runs for the same number.</summary>
internal static class SearchedRuns
{
    private const int AtOnce = 10_000;

    private static readonly PreparedStatement Run = new(
        "INSERT INTO tracking_runs (run_no, run_id, name, experiment_id, user_id, status, start_ms, end_ms, artifact_uri, lifecycle) VALUES (@no, @id, @name, 1, 'ann', @status, @start, @end, @uri, 'active')",
        "no", "id", "name", "status", "start", "end", "uri");

    private static readonly PreparedStatement Param = new("INSERT INTO tracking_params (run_no, key, value, start_ms) VALUES (@no, @key, @value, (SELECT r.start_ms FROM tracking_runs r WHERE r.run_no = @no))", "no", "key", "value");
    private static readonly PreparedStatement Tag = new("INSERT INTO tracking_tags (run_no, key, value, start_ms) VALUES (@no, @key, @value, (SELECT r.start_ms FROM tracking_runs r WHERE r.run_no = @no))", "no", "key", "value");
    private static readonly PreparedStatement Metric = new("INSERT INTO tracking_latest (run_no, key, at_ms, step, value, is_nan) VALUES (@no, @key, 1, 0, @value, 0)", "no", "key", "value");

    public static async Task WriteAsync(string data, int runs)
    {
        using var directory = DataDirectory.Open(data);
        await using var catalog = Catalog.Open(directory.CatalogFile, TrackingTables.Migrations);
        await new ExperimentStore(catalog, TimeProvider.System).CreateAsync("bench", null, [], null, CancellationToken.None);
        var (draw, ids) = (new Random(7), new TrackingIds([7]));
        for (var at = 0; at < runs; at += AtOnce)
        {
            await catalog.WriteAsync((db, tx) => Write(db, tx, at, Math.Min(AtOnce, runs - at), draw, ids), CancellationToken.None);
        }
    }

    private static int Write(IDbConnection db, IDbTransaction tx, int from, int count, Random draw, TrackingIds ids)
    {
        for (var i = from; i < from + count; i++)
        {
            var (id, no, failed) = (ids.Run(), (long)i + 1, draw.Next(50) == 0);
            Run.Execute(db, tx, no, id, ids.Name(), failed ? "FAILED" : "FINISHED", 1_700_000_000_000L + i, 1_700_000_001_000L + i, $"mlflow-artifacts:/1/{id}/artifacts");
            Param.Execute(db, tx, no, "model_type", draw.Next(2) == 0 ? "xgboost" : "linear");
            Param.Execute(db, tx, no, "max_depth", draw.Next(3, 12).ToString(CultureInfo.InvariantCulture));
            Param.Execute(db, tx, no, "seed", i.ToString(CultureInfo.InvariantCulture));
            Tag.Execute(db, tx, no, "team", $"team-{draw.Next(10)}");
            Tag.Execute(db, tx, no, "mlflow.user", "ann");
            Metric.Execute(db, tx, no, "auc", draw.NextDouble());
            Metric.Execute(db, tx, no, "loss", draw.NextDouble());
        }

        return count;
    }
}

using System.Globalization;
using Flyball.Storage.Catalogs;
using Flyball.Storage.DataDirectories;
using Flyball.Training.Tracking;

namespace Flyball.Benchmarks.Mlflow;

/// <summary>Fills a data directory with runs of one experiment, as if their programs had logged them; the same runs for the same number.</summary>
internal static class SearchedRuns
{
    private const int AtOnce = 256;

    public static async Task WriteAsync(string data, int runs)
    {
        using var directory = DataDirectory.Open(data);
        await using var catalog = Catalog.Open(directory.CatalogFile, TrackingTables.Migrations);
        var store = new RunStore(catalog, TimeProvider.System, new TrackingIds([7]));
        var log = new RunLog(catalog);
        await new ExperimentStore(catalog, TimeProvider.System).CreateAsync("bench", null, [], null, CancellationToken.None);
        var draw = new Random(7);
        for (var at = 0; at < runs; at += AtOnce)
        {
            await Task.WhenAll(Enumerable.Range(at, Math.Min(AtOnce, runs - at)).Select(i => OneAsync(store, log, i, draw)).ToList());
        }
    }

    private static Task OneAsync(RunStore store, RunLog log, int i, Random draw)
    {
        var (auc, loss) = (draw.NextDouble(), draw.NextDouble());
        KeyText[] given = [new("model_type", draw.Next(2) == 0 ? "xgboost" : "linear"), new("max_depth", draw.Next(3, 12).ToString(CultureInfo.InvariantCulture)), new("seed", i.ToString(CultureInfo.InvariantCulture))];
        KeyText[] tags = [new("team", $"team-{draw.Next(10)}"), new("mlflow.user", "ann")];
        var failed = draw.Next(50) == 0;
        return WriteAsync();

        async Task WriteAsync()
        {
            var run = await store.CreateAsync(new NewRun(1, "ann", null, 1_700_000_000_000 + i, tags), null, CancellationToken.None);
            await log.WriteAsync(run.RunId, new RunBatch([new MetricPoint { Key = "auc", Value = auc, AtMs = i }, new MetricPoint { Key = "loss", Value = loss, AtMs = i }], given, []), CancellationToken.None);
            if (failed)
            {
                await store.UpdateAsync(run.RunId, "FAILED", 1_700_000_001_000 + i, null, CancellationToken.None);
            }
        }
    }
}

using Flyball.Engine.Evaluation;
using Flyball.Training.Tasks;

namespace Flyball.Registry;

/// <summary>
/// The paired bootstrap of metrics over numbers, classes and groups: rows, or whole groups of a ranking, are drawn with replacement, the same ones for both models.
/// Bounds as in <see cref="PairedBootstrap"/>. Deterministic by the seed. Cost: two evaluations of the metric a replicate.
/// </summary>
internal static class RowBootstrap
{
    public static BootstrapDifference Compare(ScoredRows champion, ScoredRows candidate, Func<ScoredRows, MetricValue> metric, BootstrapOptions options)
    {
        var (before, now) = (metric(champion), metric(candidate));
        if (before.Value is null || now.Value is null)
        {
            var none = MetricValue.None((before.Insufficient ?? now.Insufficient)!);
            return new BootstrapDifference(before, now, none, none, none, false);
        }

        var units = Units(candidate);
        var differences = new double[options.Replicates];
        for (var r = 0; r < differences.Length; r++)
        {
            var random = new Random(StreamOf(options.Seed, r));
            var places = Enumerable.Range(0, units.Length).SelectMany(_ => units[random.Next(units.Length)]).ToArray();
            if (metric(champion.At(places)).Value is not { } first || metric(candidate.At(places)).Value is not { } second)
            {
                var none = MetricValue.None("the metric is undefined on some replicates");
                return new BootstrapDifference(before, now, MetricValue.Of(now.Value.Value - before.Value.Value), none, none, false);
            }

            differences[r] = second - first;
        }

        Array.Sort(differences);
        var rank = (int)Math.Floor(options.Alpha * (options.Replicates + 1));
        return new BootstrapDifference(before, now, MetricValue.Of(now.Value.Value - before.Value.Value), MetricValue.Of(differences[rank - 1]), MetricValue.Of(differences[^rank]), false);
    }

    private static int[][] Units(ScoredRows rows) => rows.Groups is { } groups
        ? [.. groups.Index().GroupBy(g => g.Item, g => g.Index).Select(g => g.ToArray())]
        : [.. Enumerable.Range(0, rows.Count).Select(i => new[] { i })];

    /// <summary>A stream a replicate, by the finaliser of SplitMix64 (Steele, Lea and Flood 2014); .NET's generator is the same everywhere for one seed.</summary>
    private static int StreamOf(ulong seed, int replicate)
    {
        unchecked
        {
            var x = seed + ((ulong)(replicate + 1) * 0x9E3779B97F4A7C15);
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return (int)(x ^ (x >> 31));
        }
    }
}

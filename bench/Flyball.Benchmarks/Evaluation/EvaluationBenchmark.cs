using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Evaluation.Slices;
using Flyball.Engine.Evaluation.Thresholds;

namespace Flyball.Benchmarks.Evaluation;

/// <summary>
/// <c>evaluation [ROWS [REPLICATES [THREADS]]]</c>: the parts of an evaluation on seeded binary rows: intervals of all metrics, slices with their rests, a
/// paired comparison with another model, a threshold by cost. The digest of all figures shows that a change of the code kept every bit.
/// </summary>
internal static class EvaluationBenchmark
{
    private static readonly (string Name, int Categories)[] Columns = [("is_foreign", 2), ("channel", 4), ("country", 12), ("category", 14)];

    public static void Run(string[] args)
    {
        var count = Given(args, 0, 100_000);
        var interval = new IntervalOptions { Seed = 7, Replicates = Given(args, 1, 1000), Threads = Given(args, 2, Environment.ProcessorCount) };
        var (champion, rows, columns) = Rows(count);
        var slices = SliceEnumeration.Of(columns, 1, 1, 100);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var whole = Stopwatch.StartNew();
        Timed("metrics", () => [.. MetricBootstrap.Intervals(rows, rows.Places, MetricCatalogue.For(rows.Task), Resample.For(rows, rows.Places), interval).Select(i => i.ToString())]);
        var by = new SliceOptions { Interval = interval with { Replicates = Math.Min(interval.Replicates, 199) } };
        Timed($"{slices.Count} slices", () => [.. SliceComparison.Measure(rows, MetricCatalogue.Named("roc_auc"), slices, by).Select(s => $"{s.Slice.Name} {s.Interval} {s.Rest} {s.PValue:R} {s.Adjusted:R}")]);
        Timed("least cost", () => [$"{CostThreshold.Least(rows, RowCosts.Of([1.0], [20.0]), interval, out _)}"]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"evaluate of {count} rows, {interval.Replicates} replicates, {interval.Threads} threads: {whole.Elapsed.TotalSeconds:0.00} s"));
        var paired = new BootstrapOptions { Seed = 7, Replicates = interval.Replicates };
        Timed("paired roc_auc", () => [$"{PairedComparison.Compare(champion, rows, rows.Places, MetricCatalogue.Named("roc_auc"), paired)}"]);
        Timed("paired average_precision", () => [$"{PairedComparison.Compare(champion, rows, rows.Places, MetricCatalogue.Named("average_precision"), paired)}"]);
        Timed("paired log_loss", () => [$"{PairedComparison.Compare(champion, rows, rows.Places, MetricCatalogue.Named("log_loss"), paired)}"]);
        Console.WriteLine($"digest of all figures {Convert.ToHexStringLower(digest.GetHashAndReset())}");

        void Timed(string part, Func<string[]> work)
        {
            var clock = Stopwatch.StartNew();
            var cpu = Environment.CpuUsage.TotalTime;
            var found = work();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part,-24} {clock.Elapsed.TotalSeconds,8:0.000} s, {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds,8:0.000} s of processor"));
            digest.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', found)));
        }
    }

    private static int Given(string[] args, int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Two percent positives, scores of float32 as a model gives them.</summary>
    private static (ScoredRows Champion, ScoredRows Candidate, SliceColumn[] Columns) Rows(int count)
    {
        var random = new Random(11);
        var labels = new bool[count];
        double[] first = new double[count], second = new double[count];
        var codes = Columns.Select(_ => new int[count]).ToArray();
        for (var row = 0; row < count; row++)
        {
            labels[row] = random.NextDouble() < 0.02;
            var signal = (labels[row] ? 2.5 : 0) + (random.NextDouble() * 3) - 5;
            first[row] = (float)(1 / (1 + Math.Exp(-(signal + random.NextDouble()))));
            second[row] = (float)(1 / (1 + Math.Exp(-(signal + (0.8 * random.NextDouble())))));
            for (var c = 0; c < codes.Length; c++)
            {
                codes[c][row] = random.Next(Columns[c].Categories);
            }
        }

        var candidate = ScoredRows.Binary(second, labels);
        return (candidate.WithScores(first), candidate, [.. Columns.Select((c, i) => new SliceColumn(c.Name, codes[i], [.. Enumerable.Range(0, c.Categories).Select(k => k.ToString(CultureInfo.InvariantCulture))]))]);
    }
}

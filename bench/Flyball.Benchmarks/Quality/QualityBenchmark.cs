using System.Diagnostics;
using System.Globalization;
using Flyball.Tests.Contracts.Quality;

namespace Flyball.Benchmarks.Quality;

/// <summary>
/// <c>quality DIRECTORY [BATCHES [SOURCE...]]</c>: how often the statistical gate reports batches of unchanged data, by source, way of resampling and size,
/// and what observing a row costs. The directory holds <c>data/</c>.
/// </summary>
internal static class QualityBenchmark
{
    private static readonly int[] Sizes = [100, 1_000, 10_000, 100_000];

    public static void Run(string[] args)
    {
        var shared = new SharedSources(path => Path.Combine(args[0], path));
        var batches = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200;
        foreach (var name in args.Length > 2 ? args[2..] : SharedSources.Names)
        {
            var source = shared.Read(name);
            foreach (var size in Sizes)
            {
                // Four references, so that one unlucky draw does not decide.
                var count = Math.Max(5, size == 100_000 ? batches / 8 : batches / 4);
                foreach (var rate in Enumerable.Range(1, 4).SelectMany(seed => new[] { FalseFindings.OfRandomRows(source, size, count, seed * size), seed == 1 ? FalseFindings.OfWindows(source, size, count * 4, size) : null }).OfType<FalseFindings.Rate>().GroupBy(r => r.Way, StringComparer.Ordinal))
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{name},{rate.Key},{size},{rate.Sum(r => r.Batches)},{rate.Sum(r => r.Found)},{string.Join(' ', rate.SelectMany(r => r.Rules.Keys).Distinct())}"));
                }
            }
        }

        var fraud = shared.Read("fraud");
        var clock = Stopwatch.StartNew();
        var reference = fraud.Freeze(fraud.Rows);
        var froze = clock.Elapsed;
        clock.Restart();
        _ = fraud.Judge(reference, fraud.Rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"freeze {fraud.Rows.Count} rows {froze.TotalSeconds:0.00} s; observe and judge {fraud.Rows.Count / clock.Elapsed.TotalSeconds:0} rows/s"));
    }
}

using System.Runtime.InteropServices;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>
/// Confidence intervals of metrics by the bootstrap.
/// <list type="number">
/// <item>A replicate draws places of rows, from a stream of its own; every metric measures the same places.</item>
/// <item>A metric that some replicate does not define has no bounds: leaving such replicates out would bend them without saying so.</item>
/// <item>Bounds are order statistics at rank floor(p (R + 1)) from the end, or moved as <see cref="IntervalMethod.BiasCorrected"/> says. Calibration
/// errors have bounds of their own, <see cref="CalibrationBounds"/>.</item>
/// </list>
/// Cost: one evaluation of every metric a replicate, most of which are O(rows).
/// </summary>
public static class MetricBootstrap
{
    private const int JackknifeGroups = 200;

    /// <summary>The interval of one metric on all rows, drawn the usual way for them.</summary>
    public static MetricInterval Interval(ScoredRows rows, Metric metric, IntervalOptions? options = null) =>
        Intervals(rows, rows.Places, [metric], Resample.For(rows, rows.Places), options)[0];

    /// <summary>The intervals of several metrics on the chosen rows.</summary>
    /// <param name="rows">The rows and their scores.</param>
    /// <param name="chosen">Places of the rows that count, ascending: all, or a slice.</param>
    /// <param name="metrics">What to measure.</param>
    /// <param name="resample">Made for as many rows as chosen.</param>
    /// <param name="options">Null for 1000 replicates and 95 %.</param>
    public static IReadOnlyList<MetricInterval> Intervals(
        ScoredRows rows, ReadOnlySpan<int> chosen, IReadOnlyList<Metric> metrics, Resample resample, IntervalOptions? options = null)
    {
        options ??= new IntervalOptions();
        options.Require();
        var values = new MetricValue[metrics.Count];
        for (var m = 0; m < values.Length; m++)
        {
            values[m] = metrics[m].Measure(rows, chosen);
        }

        var replicates = Replicated(rows.Among(chosen), metrics, resample, options, values);
        var intervals = new MetricInterval[values.Length];
        for (var m = 0; m < values.Length; m++)
        {
            intervals[m] = (values[m].Value, replicates[m]) switch
            {
                (null, _) => new MetricInterval(metrics[m].Name, values[m], values[m], values[m], values[m], chosen.Length),
                ({ } value, _) when metrics[m].Gaps is not null => CalibrationBounds.Of(rows, chosen, metrics[m], value, options),
                (_, null) => Unbounded(metrics[m], values[m], chosen.Length),
                ({ } value, { } drawn) => Bounded(rows, chosen, metrics[m], value, drawn, options),
            };
        }

        return intervals;
    }

    private static MetricInterval Unbounded(Metric metric, MetricValue value, int rows)
    {
        var none = MetricValue.None("the metric is undefined on some replicates");
        return new MetricInterval(metric.Name, value, none, none, none, rows);
    }

    private static MetricInterval Bounded(ScoredRows rows, ReadOnlySpan<int> chosen, Metric metric, double value, double[] drawn, IntervalOptions options)
    {
        Array.Sort(drawn);
        var tail = (1 - options.Confidence) / 2;
        var (low, high) = options.Method == IntervalMethod.Percentile ? (tail, tail) : Moved(rows, chosen, metric, value, drawn, tail);
        var moments = Moments.Of(drawn);
        return new MetricInterval(
            metric.Name,
            MetricValue.Of(value),
            MetricValue.Of(drawn[Rank(low, drawn.Length) - 1]),
            MetricValue.Of(drawn[^Rank(high, drawn.Length)]),
            MetricValue.Of(Math.Sqrt(moments.SampleVariance ?? 0)),
            chosen.Length);
    }

    private static int Rank(double tail, int replicates) => Math.Clamp((int)Math.Floor(tail * (replicates + 1)), 1, replicates);

    private static double[]?[] Replicated(ScoredRows rows, IReadOnlyList<Metric> metrics, Resample resample, IntervalOptions options, MetricValue[] values)
    {
        if (resample.Rows != rows.Count)
        {
            throw new ArgumentException($"The resample is of {resample.Rows} rows, {rows.Count} were chosen.", nameof(resample));
        }

        var found = new double[metrics.Count][];
        var undefined = new bool[metrics.Count];
        for (var m = 0; m < found.Length; m++)
        {
            (found[m], undefined[m]) = values[m].Value is null || metrics[m].Gaps is not null ? ([], true) : (new double[options.Replicates], false);
        }

        Resampling.Replicates.Run(resample, options.Seed, (options.Replicates, options.Threads), () => new DrawnCounts(), (replicate, places, counts) =>
        {
            counts.Of(rows, places);
            for (var m = 0; m < found.Length; m++)
            {
                if (Volatile.Read(ref undefined[m]))
                {
                    continue;
                }

                if (metrics[m].Measure(counts).Value is { } value)
                {
                    found[m][replicate] = value;
                }
                else
                {
                    Volatile.Write(ref undefined[m], true);
                }
            }

            return !Array.TrueForAll(undefined, u => u);
        });
        return [.. found.Select((f, m) => undefined[m] ? null : f)];
    }

    /// <summary>The two tail probabilities of the BCa interval, the upper one counted from the end.</summary>
    private static (double Low, double High) Moved(ScoredRows rows, ReadOnlySpan<int> chosen, Metric metric, double value, double[] sorted, double tail)
    {
        // Replicates equal to the figure count one half: a discrete metric is not biased for being discrete.
        double below = sorted.Count(d => d < value), equal = sorted.Count(d => d == value);
        var share = Math.Clamp((below + (equal / 2)) / sorted.Length, 1.0 / (sorted.Length + 1), sorted.Length / (sorted.Length + 1.0));
        double bias = NormalLaw.Quantile(share), acceleration = Acceleration(rows, chosen, metric), z = NormalLaw.Quantile(1 - tail);
        return (Shift(bias - z), 1 - Shift(bias + z));

        double Shift(double moved)
        {
            var stretch = 1 - (acceleration * moved);
            return stretch <= 0 ? (moved > 0 ? 1 : 0) : NormalLaw.Survival(-(bias + (moved / stretch)));
        }
    }

    /// <summary>
    /// sum d^3 / (6 (sum d^2)^1.5) over the jackknife's deviations, with at most 200 interleaved parts left out in turn instead of single rows:
    /// the skewness of a part's sum falls as its size grows just as the formula's own factor does.
    /// </summary>
    private static double Acceleration(ScoredRows rows, ReadOnlySpan<int> chosen, Metric metric)
    {
        var parts = Math.Min(JackknifeGroups, chosen.Length);
        var figures = new List<double>(parts);
        var kept = new List<int>(chosen.Length);
        for (var part = 0; part < parts; part++)
        {
            kept.Clear();
            for (var i = 0; i < chosen.Length; i++)
            {
                if (i % parts != part)
                {
                    kept.Add(chosen[i]);
                }
            }

            if (metric.Measure(rows, CollectionsMarshal.AsSpan(kept)).Value is { } value)
            {
                figures.Add(value);
            }
        }

        if (figures.Count < 2)
        {
            return 0;
        }

        double mean = figures.Average(), squares = figures.Sum(f => (mean - f) * (mean - f)), cubes = figures.Sum(f => Math.Pow(mean - f, 3));
        return squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : 0;
    }
}

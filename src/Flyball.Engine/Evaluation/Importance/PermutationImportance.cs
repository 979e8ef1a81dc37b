using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Importance;

/// <summary>Scores rows of features.</summary>
/// <param name="features">Rows x columns; NaN is missing.</param>
/// <param name="scores">Rows x outputs, to be filled.</param>
public delegate void RowScorer(ReadOnlySpan<float> features, Span<double> scores);

/// <summary>Scores known rows of features with other values in one column.</summary>
/// <param name="column">Which column.</param>
/// <param name="values">One a row; NaN is missing.</param>
/// <param name="scores">Rows x outputs, to be filled.</param>
public delegate void ColumnScorer(int column, ReadOnlySpan<float> values, Span<double> scores);

/// <summary>
/// Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019).
/// <list type="number">
/// <item>The metric of the rows as they are.</item>
/// <item>One column is shuffled among the rows, the rows scored and measured again; the column is put back.</item>
/// <item>The loss is what the metric got worse by, the mean over the repeats.</item>
/// </list>
/// Features that say the same hide each other: shuffling one leaves the other. Cost: columns x repeats scorings of the rows.
/// </summary>
public static class PermutationImportance
{
    /// <summary>Measures every column; null with the reason when the metric is undefined on the rows or has no better direction.</summary>
    /// <param name="names">One a column.</param>
    /// <param name="features">Rows x columns.</param>
    /// <param name="rows">The labels, with the scores of the rows as they are.</param>
    /// <param name="scorer">The model; called by several threads when the options say so.</param>
    /// <param name="by">The metric that is lost, and how to shuffle; null for five repeats.</param>
    /// <param name="insufficient">Why there is no importance.</param>
    public static IReadOnlyList<FeatureImportance>? Measure(
        IReadOnlyList<string> names, ReadOnlyMemory<float> features, ScoredRows rows, RowScorer scorer, (Metric Metric, PermutationOptions? Options) by, out string? insufficient)
    {
        // A thread's own copy, in which one column at a time is another.
        using var copies = new ThreadLocal<float[]>(() => features.ToArray());
        return Measure(names, features, rows, Exchanged, by, out insufficient);

        void Exchanged(int column, ReadOnlySpan<float> values, Span<double> scores)
        {
            var own = copies.Value!;
            for (var row = 0; row < values.Length; row++)
            {
                own[(row * names.Count) + column] = values[row];
            }

            scorer(own, scores);
            for (var at = column; at < own.Length; at += names.Count)
            {
                own[at] = features.Span[at];
            }
        }
    }

    /// <summary>The same with a model that scores rows of which one column changed.</summary>
    /// <param name="names">One a column.</param>
    /// <param name="features">Rows x columns.</param>
    /// <param name="rows">The labels, with the scores of the rows as they are.</param>
    /// <param name="scorer">The model; called by several threads when the options say so.</param>
    /// <param name="by">The metric that is lost, and how to shuffle; null for five repeats.</param>
    /// <param name="insufficient">Why there is no importance.</param>
    public static IReadOnlyList<FeatureImportance>? Measure(
        IReadOnlyList<string> names, ReadOnlyMemory<float> features, ScoredRows rows, ColumnScorer scorer, (Metric Metric, PermutationOptions? Options) by, out string? insufficient)
    {
        var (metric, options) = (by.Metric, by.Options ?? new PermutationOptions());
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Repeats, 2, nameof(by));
        if (features.Length != (long)names.Count * rows.Count)
        {
            throw new ArgumentException($"{features.Length} values for {rows.Count} rows of {names.Count} features.", nameof(features));
        }

        var whole = metric.Measure(rows);
        insufficient = metric.IsBetter(1, 0) is null ? $"neither a larger nor a smaller {metric.Name} is better" : whole.Insufficient;
        if (insufficient is not null)
        {
            return null;
        }

        var (found, reasons) = (new FeatureImportance[names.Count], new string?[names.Count]);
        Parallel.For(0, found.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Threads) }, column =>
        {
            var (losses, reason) = Losses(features, rows, scorer, (column, names.Count), (metric, whole.Value!.Value, options));
            reasons[column] = reason;
            found[column] = reason is null ? Judge(names[column], losses) : new FeatureImportance(names[column], 0, 0, 0);
        });
        insufficient = Array.Find(reasons, r => r is not null);
        return insufficient is null ? found : null;
    }

    /// <summary>What each shuffle of a column loses; a reason when the metric is undefined after one.</summary>
    private static (double[] Losses, string? Insufficient) Losses(
        ReadOnlyMemory<float> features, ScoredRows rows, ColumnScorer scorer, (int Place, int Of) column, (Metric Metric, double Whole, PermutationOptions Options) by)
    {
        var (values, scores, losses) = (new float[rows.Count], new double[rows.Scores.Length], new double[by.Options.Repeats]);
        for (var repeat = 0; repeat < losses.Length; repeat++)
        {
            Shuffle(features.Span, values, column, new SeededGenerator(by.Options.Seed, (ulong)(((long)column.Place * losses.Length) + repeat)));
            scorer(column.Place, values, scores);
            var now = by.Metric.Measure(rows.WithScores(scores));
            if (now.Value is not { } value)
            {
                return ([], now.Insufficient);
            }

            losses[repeat] = by.Metric.IsBetter(1, 0)!.Value ? by.Whole - value : value - by.Whole;
        }

        return (losses, null);
    }

    private static FeatureImportance Judge(string name, double[] losses)
    {
        var moments = Moments.Of(losses);
        var half = StudentLaw.Critical(0.95, losses.Length - 1) * Math.Sqrt(moments.SampleVariance!.Value / losses.Length);
        return new FeatureImportance(name, moments.Mean, moments.Mean - half, moments.Mean + half);
    }

    private static void Shuffle(ReadOnlySpan<float> features, float[] into, (int Place, int Of) column, SeededGenerator generator)
    {
        for (var row = 0; row < into.Length; row++)
        {
            into[row] = features[(row * column.Of) + column.Place];
        }

        for (var row = into.Length - 1; row > 0; row--)
        {
            var other = generator.Below(row + 1);
            (into[row], into[other]) = (into[other], into[row]);
        }
    }
}

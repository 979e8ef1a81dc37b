using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Importance;

/// <summary>Scores rows of features.</summary>
/// <param name="features">Rows x columns; NaN is missing.</param>
/// <param name="scores">Rows x outputs, to be filled.</param>
public delegate void RowScorer(ReadOnlySpan<float> features, Span<double> scores);

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
    /// <param name="scorer">The model.</param>
    /// <param name="by">The metric that is lost, and how to shuffle; null for five repeats.</param>
    /// <param name="insufficient">Why there is no importance.</param>
    public static IReadOnlyList<FeatureImportance>? Measure(
        IReadOnlyList<string> names, ReadOnlyMemory<float> features, ScoredRows rows, RowScorer scorer, (Metric Metric, PermutationOptions? Options) by, out string? insufficient)
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

        var shuffled = features.ToArray();
        var scores = new double[rows.Scores.Length];
        var found = new List<FeatureImportance>(names.Count);
        for (var column = 0; column < names.Count; column++)
        {
            var losses = new double[options.Repeats];
            for (var repeat = 0; repeat < losses.Length; repeat++)
            {
                Shuffle(features.Span, shuffled, names.Count, column, new SeededGenerator(options.Seed, (ulong)(((long)column * options.Repeats) + repeat)));
                scorer(shuffled, scores);
                var now = metric.Measure(rows.WithScores(scores));
                if (now.Value is not { } value)
                {
                    insufficient = now.Insufficient;
                    return null;
                }

                losses[repeat] = metric.IsBetter(1, 0)!.Value ? whole.Value!.Value - value : value - whole.Value!.Value;
            }

            PutBack(features.Span, shuffled, names.Count, column);
            found.Add(Judge(names[column], losses));
        }

        return found;
    }

    private static FeatureImportance Judge(string name, double[] losses)
    {
        var moments = Moments.Of(losses);
        var half = StudentLaw.Critical(0.95, losses.Length - 1) * Math.Sqrt(moments.SampleVariance!.Value / losses.Length);
        return new FeatureImportance(name, moments.Mean, moments.Mean - half, moments.Mean + half);
    }

    private static void Shuffle(ReadOnlySpan<float> features, float[] into, int columns, int column, SeededGenerator generator)
    {
        PutBack(features, into, columns, column);
        for (var row = (into.Length / columns) - 1; row > 0; row--)
        {
            int here = (row * columns) + column, other = (generator.Below(row + 1) * columns) + column;
            (into[here], into[other]) = (into[other], into[here]);
        }
    }

    private static void PutBack(ReadOnlySpan<float> features, float[] into, int columns, int column)
    {
        for (var at = column; at < into.Length; at += columns)
        {
            into[at] = features[at];
        }
    }
}

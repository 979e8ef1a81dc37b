using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Flyball.Engine.Evaluation;

/// <summary>
/// Monotone recalibration of scores (Zadrozny and Elkan 2002).
/// <list type="number">
/// <item>Rows of equal score are averaged; then adjacent violators are pooled until the means rise (Ayer et al. 1955), in O(n).</item>
/// <item>Between the training scores the fit is linear, outside them it is constant.</item>
/// <item>Only the ends of each level are kept as knots.</item>
/// </list>
/// Wants about a thousand positives; below that <see cref="PlattCalibration"/> is safer. Immutable; as JSON it is its own state.
/// </summary>
public sealed class IsotonicCalibration
{
    /// <exception cref="ArgumentException">No knots, or scores that do not ascend, or values that fall or leave 0..1.</exception>
    [JsonConstructor]
    public IsotonicCalibration(ImmutableArray<double> scores, ImmutableArray<double> values)
    {
        if (scores.IsDefaultOrEmpty || values.IsDefault || scores.Length != values.Length)
        {
            throw new ArgumentException("As many scores as values are needed, and at least one.", nameof(scores));
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (!double.IsFinite(scores[i]) || (i > 0 && scores[i] <= scores[i - 1]))
            {
                throw new ArgumentException($"Scores do not ascend at knot {i}.", nameof(scores));
            }

            if (!(values[i] >= 0 && values[i] <= 1) || (i > 0 && values[i] < values[i - 1]))
            {
                throw new ArgumentException($"Values fall or leave 0..1 at knot {i}.", nameof(values));
            }
        }

        Scores = scores;
        Values = values;
    }

    /// <summary>Scores of the knots, ascending.</summary>
    public ImmutableArray<double> Scores { get; }

    /// <summary>Calibrated probability at each knot, never falling.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>Fits to labelled scores; null with the reason when there are no rows, one class only, or a score that is not finite.</summary>
    public static IsotonicCalibration? Fit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, out string? insufficient)
    {
        insufficient = ScoreOrder.Refuse(scores, labels, asProbabilities: false) ?? ScoreOrder.RefuseOneClass(labels);
        if (insufficient is not null)
        {
            return null;
        }

        var keys = scores.ToArray();
        var items = labels.ToArray();
        Array.Sort(keys, items);

        // Blocks in place: positives, rows, first and last score of each level.
        var blocks = new List<(long Positives, long Rows, double First, double Last)>();
        for (var start = 0; start < keys.Length;)
        {
            var end = start;
            long positives = 0;
            while (end < keys.Length && keys[end] == keys[start])
            {
                positives += items[end] ? 1 : 0;
                end++;
            }

            var block = (Positives: positives, Rows: (long)(end - start), First: keys[start], Last: keys[start]);
            while (blocks.Count > 0 && blocks[^1].Positives * block.Rows >= block.Positives * blocks[^1].Rows)
            {
                // Cross-multiplied in whole numbers: no rounding decides what is pooled.
                var before = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                block = (before.Positives + block.Positives, before.Rows + block.Rows, before.First, block.Last);
            }

            blocks.Add(block);
            start = end;
        }

        var knots = ImmutableArray.CreateBuilder<double>();
        var values = ImmutableArray.CreateBuilder<double>();
        foreach (var block in blocks)
        {
            var mean = (double)block.Positives / block.Rows;
            knots.Add(block.First);
            values.Add(mean);
            if (block.Last > block.First)
            {
                knots.Add(block.Last);
                values.Add(mean);
            }
        }

        return new IsotonicCalibration(knots.ToImmutable(), values.ToImmutable());
    }

    /// <summary>The calibrated probability of a score, 0..1. O(log knots).</summary>
    /// <exception cref="ArgumentException">The score is NaN.</exception>
    public double Apply(double score)
    {
        if (double.IsNaN(score))
        {
            throw new ArgumentException("A score is a number.", nameof(score));
        }

        var found = Scores.AsSpan().BinarySearch(score);
        if (found >= 0)
        {
            return Values[found];
        }

        var right = ~found;
        if (right == 0)
        {
            return Values[0];
        }

        if (right == Scores.Length)
        {
            return Values[^1];
        }

        double x0 = Scores[right - 1], y0 = Values[right - 1], y1 = Values[right];
        var between = y0 + ((score - x0) / (Scores[right] - x0) * (y1 - y0));

        // Rounding must not break monotony.
        return Math.Clamp(between, y0, y1);
    }
}

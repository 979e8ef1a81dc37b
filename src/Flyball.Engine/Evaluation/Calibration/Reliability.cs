using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Calibration;

/// <summary>
/// Reliability tables: what the model says against what happened, by bin of the score. Bins without rows are left out. O(n) for equal
/// width, O(n log n) for equal mass. The binning changes every figure taken from a table: name it.
/// </summary>
public static class Reliability
{
    /// <summary>Bins (k/B, (k+1)/B], 0 in the first: those of <see cref="CalibrationError.EqualWidth"/>.</summary>
    /// <param name="insufficient">Why there is no table; it then has no bins.</param>
    public static IReadOnlyList<ReliabilityBin> EqualWidth(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, out string? insufficient, int bins = 10, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        insufficient = ScoreOrder.Refuse(scores, labels, asProbabilities: true);
        if (insufficient is not null)
        {
            return [];
        }

        var parts = new List<int>[bins];
        for (var i = 0; i < scores.Length; i++)
        {
            (parts[WidthBins.Of(scores[i], bins)] ??= []).Add(i);
        }

        var table = new List<ReliabilityBin>();
        for (var bin = 0; bin < bins; bin++)
        {
            if (parts[bin] is { } part)
            {
                table.Add(Bin((double)bin / bins, (bin + 1.0) / bins, [.. part], scores, labels, confidence));
            }
        }

        return table;
    }

    /// <summary>Rows in order of score, cut into B parts whose sizes differ by at most one: those of <see cref="CalibrationError.EqualFrequency"/>.</summary>
    /// <param name="insufficient">Why there is no table; it then has no bins.</param>
    public static IReadOnlyList<ReliabilityBin> EqualMass(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, out string? insufficient, int bins = 10, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        insufficient = ScoreOrder.Refuse(scores, labels, asProbabilities: true);
        if (insufficient is not null)
        {
            return [];
        }

        var order = ScoreOrder.Ascending(scores);
        var table = new List<ReliabilityBin>();
        var start = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            var end = start + (order.Length / bins) + (bin < order.Length % bins ? 1 : 0);
            if (end > start)
            {
                table.Add(Bin(scores[order[start]], scores[order[end - 1]], order.AsSpan(start, end - start), scores, labels, confidence));
            }

            start = end;
        }

        return table;
    }

    private static ReliabilityBin Bin(double from, double to, ReadOnlySpan<int> rows, ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double confidence)
    {
        double sum = 0;
        var positives = 0;
        foreach (var row in rows)
        {
            sum += scores[row];
            positives += labels[row] ? 1 : 0;
        }

        return new ReliabilityBin(
            from, to, rows.Length, positives, sum / rows.Length, (double)positives / rows.Length, Wilson.Bounds(positives, rows.Length, confidence));
    }
}

namespace Flyball.Engine.Evaluation;

/// <summary>
/// Expected calibration error: the bins' |mean score - mean label|, weighted by their share of rows (Naeini, Cooper and
/// Hauskrecht 2015). The binning changes the number: always name it.
/// </summary>
public static class CalibrationError
{
    /// <summary>Bins (k/B, (k+1)/B], 0 in the first.</summary>
    public static MetricValue EqualWidth(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int bins = 10) =>
        OverWidths(scores, labels, bins, out var reason) is { } sums ? MetricValue.Of(sums.Expected(scores.Length)) : MetricValue.None(reason!);

    /// <summary>The largest gap of a bin in place of the mean one.</summary>
    public static MetricValue MaximumEqualWidth(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int bins = 10) =>
        OverWidths(scores, labels, bins, out var reason) is { } sums ? MetricValue.Of(sums.Largest()) : MetricValue.None(reason!);

    /// <summary>Rows in order of score (equal scores in order of row), cut into B parts whose sizes differ by at most one.</summary>
    public static MetricValue EqualFrequency(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (ScoreOrder.Refuse(scores, labels, asProbabilities: true) is { } reason)
        {
            return MetricValue.None(reason);
        }

        var order = ScoreOrder.Ascending(scores);
        double sum = 0;
        var start = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            var end = start + PartSize(order.Length, bins, bin);
            double score = 0, positives = 0;
            foreach (var row in order.AsSpan(start, end - start))
            {
                score += scores[row];
                positives += labels[row] ? 1 : 0;
            }

            sum += Math.Abs(score - positives);
            start = end;
        }

        return MetricValue.Of(sum / scores.Length);
    }

    /// <summary>How many of the rows are in a bin of equal mass: the first bins take the rows left over.</summary>
    internal static int PartSize(int rows, int bins, int bin) => (rows / bins) + (bin < rows % bins ? 1 : 0);

    private static WidthBins? OverWidths(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int bins, out string? reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        reason = ScoreOrder.Refuse(scores, labels, asProbabilities: true);
        if (reason is not null)
        {
            return null;
        }

        var sums = new WidthBins(bins);
        for (var i = 0; i < scores.Length; i++)
        {
            sums.Add(scores[i], labels[i]);
        }

        return sums;
    }
}

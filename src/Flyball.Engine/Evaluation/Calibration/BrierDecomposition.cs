namespace Flyball.Engine.Evaluation.Calibration;

/// <summary>
/// The Brier score taken apart over the bins of a table (Murphy 1973; the two last terms, which vanish when every bin has one score,
/// from Stephenson, Coelho and Jolliffe 2008): score = reliability - resolution + uncertainty + within-bin variance - 2 x
/// within-bin covariance, exactly.
/// </summary>
/// <param name="Score">The Brier score itself.</param>
/// <param name="Reliability">sum n_b/n (mean score - rate)^2: what calibration could win.</param>
/// <param name="Resolution">sum n_b/n (rate - base rate)^2: what the model knows.</param>
/// <param name="Uncertainty">base rate (1 - base rate): what a constant score would lose.</param>
/// <param name="WithinVariance">Variance of the scores within bins.</param>
/// <param name="WithinCovariance">Covariance of score and label within bins.</param>
public sealed record BrierDecomposition(
    double Score, double Reliability, double Resolution, double Uncertainty, double WithinVariance, double WithinCovariance)
{
    /// <summary>Over bins of equal width; null with the reason when the scores are no probabilities or there are no rows. O(n).</summary>
    public static BrierDecomposition? Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, out string? insufficient, int bins = 10)
    {
        var table = Calibration.Reliability.EqualWidth(scores, labels, out insufficient, bins);
        if (insufficient is not null)
        {
            return null;
        }

        double n = scores.Length, rate = labels.Count(true) / n, reliability = 0, resolution = 0, variance = 0, covariance = 0;
        foreach (var bin in table)
        {
            var weight = bin.Rows / n;
            reliability += weight * (bin.MeanScore - bin.Rate) * (bin.MeanScore - bin.Rate);
            resolution += weight * (bin.Rate - rate) * (bin.Rate - rate);
        }

        for (var i = 0; i < scores.Length; i++)
        {
            var bin = Find(table, scores[i]);
            var gap = scores[i] - bin.MeanScore;
            variance += gap * gap / n;
            covariance += gap * ((labels[i] ? 1 : 0) - bin.Rate) / n;
        }

        return new BrierDecomposition(
            BinaryMetrics.Brier(scores, labels).Value!.Value, reliability, resolution, rate * (1 - rate), variance, covariance);
    }

    // The same rounding as the table's own, so that no score falls beside its bin.
    private static ReliabilityBin Find(IReadOnlyList<ReliabilityBin> table, double score)
    {
        var bins = (int)Math.Round(1 / (table[0].To - table[0].From));
        var place = WidthBins.Of(score, bins);
        return table.First(b => (int)Math.Round(b.From * bins) == place);
    }
}

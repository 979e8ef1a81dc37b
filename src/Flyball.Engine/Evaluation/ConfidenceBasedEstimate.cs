namespace Flyball.Engine.Evaluation;

/// <summary>
/// Confidence-based performance estimation (CBPE): what the confusion table and the AUC are expected to be when a calibrated score
/// c is the probability that the label is 1.
/// <list type="number">
/// <item>Predicted positive: c counts as true, 1 - c as false positive. Predicted negative: c as false, 1 - c as true negative.</item>
/// <item>AUC by trapezoid over the cumulative c and 1 - c in the order of the raw score, tied scores together.</item>
/// </list>
/// It is blind to concept drift (labels that change while inputs do not), and biased where mass moves to regions on which the
/// calibration was never fitted. Show both with the number.
/// </summary>
public static class ConfidenceBasedEstimate
{
    /// <summary>The estimate; null with the reason when there are no rows or a number is out of range.</summary>
    /// <param name="scores">Raw scores, by which the decision is made.</param>
    /// <param name="calibrated">The calibrated probability of each row.</param>
    /// <param name="threshold">The decision is score >= threshold.</param>
    /// <param name="insufficient">Why there is no estimate.</param>
    public static PerformanceEstimate? Estimate(
        ReadOnlySpan<double> scores, ReadOnlySpan<double> calibrated, double threshold, out string? insufficient)
    {
        if (scores.Length != calibrated.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {calibrated.Length} calibrated ones.", nameof(calibrated));
        }

        insufficient = Refuse(scores, calibrated);
        if (insufficient is not null)
        {
            return null;
        }

        double tp = 0, fp = 0, fn = 0, tn = 0, variance = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var c = calibrated[i];
            variance += c * (1 - c);
            if (scores[i] >= threshold)
            {
                tp += c;
                fp += 1 - c;
            }
            else
            {
                fn += c;
                tn += 1 - c;
            }
        }

        return new PerformanceEstimate(new Confusion(tp, fp, fn, tn), Auc(scores, calibrated), Math.Sqrt(variance) / scores.Length);
    }

    private static MetricValue Auc(ReadOnlySpan<double> scores, ReadOnlySpan<double> calibrated)
    {
        var order = ScoreOrder.Ascending(scores);
        double area = 0, positives = 0, negatives = 0;
        for (var end = order.Length; end > 0;)
        {
            var start = end;
            double tied = 0;
            while (start > 0 && scores[order[start - 1]] == scores[order[end - 1]])
            {
                start--;
                tied += calibrated[order[start]];
            }

            var tiedNegatives = end - start - tied;
            area += tiedNegatives * (positives + (tied / 2));
            positives += tied;
            negatives += tiedNegatives;
            end = start;
        }

        return positives > 0 && negatives > 0
            ? MetricValue.Of(area / (positives * negatives))
            : MetricValue.None(positives > 0 ? "no negatives expected" : "no positives expected");
    }

    private static string? Refuse(ReadOnlySpan<double> scores, ReadOnlySpan<double> calibrated)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            if (!double.IsFinite(scores[i]))
            {
                return "a score is NaN or infinite";
            }

            if (!(calibrated[i] >= 0 && calibrated[i] <= 1))
            {
                return "a calibrated score is outside 0..1";
            }
        }

        return scores.IsEmpty ? ScoreOrder.NoRows : null;
    }
}

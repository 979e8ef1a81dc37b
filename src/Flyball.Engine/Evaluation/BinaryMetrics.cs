namespace Flyball.Engine.Evaluation;

/// <summary>
/// Quality of a binary classifier from scores and labels. Each function fits <see cref="BinaryMetric"/>; each is O(n) or, where
/// it ranks, O(n log n).
/// </summary>
public static class BinaryMetrics
{
    /// <summary>Probabilities are kept this far from 0 and 1 by the log loss, so that one sure mistake does not make it infinite.</summary>
    public const double LogLossClip = 1e-15;

    /// <summary>
    /// Area under the ROC curve: the probability that a positive scores above a negative, ties counting one half
    /// (Mann and Whitney 1947; Hanley and McNeil 1982).
    /// </summary>
    public static MetricValue RocAuc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if ((ScoreOrder.Refuse(scores, labels, asProbabilities: false) ?? ScoreOrder.RefuseOneClass(labels)) is { } reason)
        {
            return MetricValue.None(reason);
        }

        var (keys, sorted) = Sort(scores, labels);
        double won = 0, negativesBelow = 0, positives = 0;
        for (var start = 0; start < keys.Length;)
        {
            var end = start;
            double tiedPositives = 0;
            while (end < keys.Length && keys[end] == keys[start])
            {
                tiedPositives += sorted[end] ? 1 : 0;
                end++;
            }

            var tiedNegatives = end - start - tiedPositives;
            won += tiedPositives * (negativesBelow + (tiedNegatives / 2));
            negativesBelow += tiedNegatives;
            positives += tiedPositives;
            start = end;
        }

        return MetricValue.Of(won / (positives * negativesBelow));
    }

    /// <summary>
    /// Average precision: sum over distinct thresholds, from the highest down, of (R_n - R_{n-1}) P_n, without interpolation
    /// (scikit-learn's definition).
    /// </summary>
    public static MetricValue AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if ((ScoreOrder.Refuse(scores, labels, asProbabilities: false) ?? ScoreOrder.RefuseOneClass(labels)) is { } reason)
        {
            return MetricValue.None(reason);
        }

        var (keys, sorted) = Sort(scores, labels);
        double sum = 0, found = 0;
        for (var end = keys.Length; end > 0;)
        {
            var start = end;
            double tied = 0;
            while (start > 0 && keys[start - 1] == keys[end - 1])
            {
                start--;
                tied += sorted[start] ? 1 : 0;
            }

            found += tied;
            sum += tied * found / (keys.Length - start);
            end = start;
        }

        return MetricValue.Of(sum / found);
    }

    /// <summary>Brier score: mean squared difference of score and label (Brier 1950). Smaller is better.</summary>
    public static MetricValue Brier(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (ScoreOrder.Refuse(scores, labels, asProbabilities: true) is { } reason)
        {
            return MetricValue.None(reason);
        }

        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var gap = scores[i] - (labels[i] ? 1 : 0);
            sum += gap * gap;
        }

        return MetricValue.Of(sum / scores.Length);
    }

    /// <summary>Mean negative log likelihood in nats, scores clipped to [1e-15, 1 - 1e-15]. Smaller is better.</summary>
    public static MetricValue LogLoss(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (ScoreOrder.Refuse(scores, labels, asProbabilities: true) is { } reason)
        {
            return MetricValue.None(reason);
        }

        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var score = Math.Clamp(scores[i], LogLossClip, 1 - LogLossClip);
            sum -= Math.Log(labels[i] ? score : 1 - score);
        }

        return MetricValue.Of(sum / scores.Length);
    }

    /// <summary>Counts of the decision <c>score >= threshold</c>; null when there are no rows or a score is not finite.</summary>
    public static Confusion? ConfusionAt(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double threshold)
    {
        if (ScoreOrder.Refuse(scores, labels, asProbabilities: false) is not null)
        {
            return null;
        }

        long tp = 0, fp = 0, fn = 0, tn = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            switch (scores[i] >= threshold, labels[i])
            {
                case (true, true):
                    tp++;
                    break;
                case (true, false):
                    fp++;
                    break;
                case (false, true):
                    fn++;
                    break;
                default:
                    tn++;
                    break;
            }
        }

        return new Confusion(tp, fp, fn, tn);
    }

    private static (double[] Scores, bool[] Labels) Sort(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var keys = scores.ToArray();
        var items = labels.ToArray();
        Array.Sort(keys, items);
        return (keys, items);
    }
}

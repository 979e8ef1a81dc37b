namespace Flyball.Training.XGBoost;

/// <summary>The figure that early stopping follows, by objective. Weights do not count: it judges plain rows.</summary>
internal static class ValidationMetric
{
    /// <summary>
    /// Average precision for a binary objective, log loss for several classes, NDCG for a ranking, the deviance of the distribution for gamma, Poisson and
    /// Tweedie, the mean absolute error for that objective, RMSE (of logarithms for squared log error) for the others.
    /// </summary>
    public static double Of(XGBoostParameters parameters, ReadOnlySpan<float> scores, LabelledRows rows) => parameters.Objective switch
    {
        XGBoostObjective.BinaryLogistic => AveragePrecision(scores, rows.Labels.Span),
        XGBoostObjective.MultiSoftprob => LogLoss(scores, rows.Labels.Span, parameters.Classes),
        XGBoostObjective.RankPairwise or XGBoostObjective.RankNdcg => RankingGain.Ndcg(scores, rows.Labels.Span, rows.Groups),
        var objective => Mean(scores, rows.Labels.Span, objective, parameters.TweediePower),
    };

    public static bool IsBetter(XGBoostObjective objective, double metric, double best) =>
        objective == XGBoostObjective.BinaryLogistic || objective.IsRanking() ? metric > best : metric < best;

    /// <summary>
    /// The sum over thresholds of (recall gained) x (precision there), equal scores being one threshold: scikit-learn's
    /// definition, without interpolation. Cost: a sort.
    /// </summary>
    public static double AveragePrecision(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        var keys = scores.ToArray();
        var sorted = labels.ToArray();
        Array.Sort(keys, sorted);
        long seen = 0, found = 0, foundBefore = 0;
        var area = 0.0;
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            seen++;
            found += sorted[i] > 0.5f ? 1 : 0;
            if (i == 0 || keys[i - 1] != keys[i])
            {
                area += (double)(found - foundBefore) * found / seen;
                foundBefore = found;
            }
        }

        return found == 0 ? 0 : area / found;
    }

    private static double LogLoss(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, int classes)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            sum -= Math.Log(Math.Max(1e-15, scores[(i * classes) + (int)labels[i]]));
        }

        return sum / labels.Length;
    }

    private static double Mean(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, XGBoostObjective objective, double power)
    {
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            sum += Loss(scores[i], labels[i], objective, power);
        }

        var mean = sum / scores.Length;
        return objective is XGBoostObjective.SquaredError or XGBoostObjective.SquaredLogError ? Math.Sqrt(mean) : mean;
    }

    /// <summary>Of one row: a squared or absolute error, or a unit deviance (Jorgensen 1997, chapter 4).</summary>
    private static double Loss(double score, double label, XGBoostObjective objective, double power) => objective switch
    {
        XGBoostObjective.AbsoluteError => Math.Abs(score - label),
        XGBoostObjective.SquaredLogError => Square(Math.Log(Math.Max(1e-6, 1 + score)) - Math.Log(1 + label)),
        XGBoostObjective.Poisson => 2 * ((label > 0 ? label * Math.Log(label / Math.Max(1e-15, score)) : 0) - label + score),
        XGBoostObjective.Gamma => 2 * ((label / Math.Max(1e-15, score)) - 1 - Math.Log(label / Math.Max(1e-15, score))),
        XGBoostObjective.Tweedie => 2 * ((Math.Pow(label, 2 - power) / ((1 - power) * (2 - power))) - (label * Math.Pow(Math.Max(1e-15, score), 1 - power) / (1 - power)) + (Math.Pow(Math.Max(1e-15, score), 2 - power) / (2 - power))),
        _ => Square(score - label),
    };

    private static double Square(double x) => x * x;
}

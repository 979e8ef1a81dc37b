namespace Flyball.Training.XGBoost;

/// <summary>The figure that early stopping follows.</summary>
internal static class ValidationMetric
{
    /// <summary>Average precision for a binary objective, RMSE for another. Weights do not count: it judges plain rows.</summary>
    public static double Of(XGBoostObjective objective, ReadOnlySpan<float> scores, ReadOnlySpan<float> labels) =>
        objective == XGBoostObjective.BinaryLogistic ? AveragePrecision(scores, labels) : RootMeanSquaredError(scores, labels);

    public static bool IsBetter(XGBoostObjective objective, double metric, double best) =>
        objective == XGBoostObjective.BinaryLogistic ? metric > best : metric < best;

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

    private static double RootMeanSquaredError(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            var error = (double)scores[i] - labels[i];
            sum += error * error;
        }

        return Math.Sqrt(sum / scores.Length);
    }
}

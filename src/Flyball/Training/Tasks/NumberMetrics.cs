using Flyball.Engine.Evaluation;

namespace Flyball.Training.Tasks;

/// <summary>Errors of predicted numbers, in double precision, rows in their order.</summary>
internal static class NumberMetrics
{
    public static MetricValue RootMeanSquaredError(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels) =>
        Mean(scores, labels, (s, l) => (s - l) * (s - l)) is { } mean ? MetricValue.Of(Math.Sqrt(mean)) : None;

    public static MetricValue MeanAbsoluteError(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels) =>
        Mean(scores, labels, (s, l) => Math.Abs(s - l)) is { } mean ? MetricValue.Of(mean) : None;

    /// <summary>1 minus the squared errors by those of the mean label.</summary>
    public static MetricValue R2(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels)
    {
        var (mean, errors, spread) = (0.0, 0.0, 0.0);
        foreach (var label in labels)
        {
            mean += label / labels.Length;
        }

        for (var i = 0; i < labels.Length; i++)
        {
            errors += (scores[i] - labels[i]) * (scores[i] - labels[i]);
            spread += (labels[i] - mean) * (labels[i] - mean);
        }

        return spread == 0 ? MetricValue.None("all labels are equal") : Finite(1 - (errors / spread));
    }

    /// <summary>The mean of |error| / |label|; none when a label is 0.</summary>
    public static MetricValue MeanAbsolutePercentageError(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels) =>
        labels.Contains(0.0) ? MetricValue.None("a label is 0") : Mean(scores, labels, (s, l) => Math.Abs((s - l) / l)) is { } mean ? MetricValue.Of(mean) : None;

    /// <summary>The sum of |error| by the sum of |label|.</summary>
    public static MetricValue WeightedAbsolutePercentageError(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels)
    {
        if (Mean(scores, labels, (_, l) => Math.Abs(l)) is not { } total || Mean(scores, labels, (s, l) => Math.Abs(s - l)) is not { } error)
        {
            return None;
        }

        return total == 0 ? MetricValue.None("all labels are 0") : Finite(error / total);
    }

    /// <summary>Twice the mean of y log(y / s) - y + s (McCullagh and Nelder 1989); a score below 1e-9 counts as that.</summary>
    public static MetricValue PoissonDeviance(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels)
    {
        foreach (var label in labels)
        {
            if (label < 0)
            {
                return MetricValue.None("a label is below 0");
            }
        }

        return Mean(scores, labels, Deviance) is { } mean ? MetricValue.Of(2 * mean) : None;
    }

    private static MetricValue None => MetricValue.None("no finite rows");

    private static double Deviance(double score, double label)
    {
        var expected = Math.Max(1e-9, score);
        return (label > 0 ? label * Math.Log(label / expected) : 0) - label + expected;
    }

    private static MetricValue Finite(double value) => double.IsFinite(value) ? MetricValue.Of(value) : None;

    private static double? Mean(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels, Func<double, double, double> of)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            sum += of(scores[i], labels[i]);
        }

        var mean = sum / labels.Length;
        return double.IsFinite(mean) ? mean : null;
    }
}

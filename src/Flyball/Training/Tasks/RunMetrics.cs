using Flyball.Engine.Evaluation.Metrics;
using Flyball.Training.Datasets;

namespace Flyball.Training.Tasks;

/// <summary>The figures that a run reports: every metric of the catalogue that its task has, with its usual parameters, under the name that gates use.</summary>
internal static class RunMetrics
{
    /// <summary>The ones that a line of text has room for.</summary>
    private static readonly string[] Familiar =
    [
        "average_precision", "roc_auc", "expected_calibration_error", "brier_score", "log_loss", "accuracy", "f1_macro",
        "rmse", "mae", "r2", "wape", "poisson_deviance", "ndcg",
    ];

    /// <summary>By name; a metric that the rows do not determine, such as an area under one class, is left out.</summary>
    public static IReadOnlyDictionary<string, double> Of(ScoredRows rows)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        if (rows.ForMetrics() is { } measured)
        {
            foreach (var metric in MetricCatalogue.For(measured.Task))
            {
                if (metric.Measure(measured).Value is { } value)
                {
                    metrics[metric.Name] = value;
                }
            }
        }

        return metrics;
    }

    /// <summary>The one figure by which models of the task are compared; null when the rows do not determine it.</summary>
    public static double? Headline(ScoredRows rows) =>
        rows.ForMetrics() is { } measured ? MetricCatalogue.Named(rows.Task.Headline).Measure(measured).Value : null;

    /// <summary>The best known of some figures.</summary>
    public static IEnumerable<KeyValuePair<string, double>> Told(IReadOnlyDictionary<string, double> metrics) => metrics.Where(m => Familiar.Contains(m.Key));

    /// <summary>Mean absolute difference of one training label from the one before; null when there are fewer than two.</summary>
    public static double? NaiveScale(TrainingPart train) =>
        train.Rows < 2 ? null : Enumerable.Range(1, train.Rows - 1).Average(i => Math.Abs((double)train.Labels[i] - train.Labels[i - 1]));
}

using Flyball.Engine.Evaluation;

namespace Flyball.Training;

/// <summary>The metrics that a run reports and that gates may name.</summary>
public static class TestMetrics
{
    /// <summary>By the names that gates use. A metric that the rows do not determine, such as an area under one class, is left out.</summary>
    public static IReadOnlyDictionary<string, double> Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        Add("average_precision", BinaryMetrics.AveragePrecision(scores, labels));
        Add("roc_auc", BinaryMetrics.RocAuc(scores, labels));
        Add("expected_calibration_error", CalibrationError.EqualWidth(scores, labels));
        Add("brier_score", BinaryMetrics.Brier(scores, labels));
        Add("log_loss", BinaryMetrics.LogLoss(scores, labels));
        return metrics;

        void Add(string name, MetricValue metric)
        {
            if (metric.Value is { } value)
            {
                metrics[name] = value;
            }
        }
    }
}

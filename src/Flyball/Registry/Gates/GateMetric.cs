using System.Collections.Frozen;

namespace Flyball.Registry.Gates;

/// <summary>A figure that a gate can hold a version to.</summary>
/// <param name="Name">As written in a gate.</param>
/// <param name="Kind">Its scale.</param>
/// <param name="HigherIsBetter">Null when neither is better by itself.</param>
public sealed record GateMetric(string Name, GateMetricKind Kind, bool? HigherIsBetter)
{
    /// <summary>All of them, by name.</summary>
    public static FrozenDictionary<string, GateMetric> All { get; } = new GateMetric[]
    {
        new("accuracy", GateMetricKind.Share, true),
        new("average_precision", GateMetricKind.Share, true),
        new("balanced_accuracy", GateMetricKind.Share, true),
        new("f1", GateMetricKind.Share, true),
        new("precision", GateMetricKind.Share, true),
        new("recall", GateMetricKind.Share, true),
        new("roc_auc", GateMetricKind.Share, true),
        new("specificity", GateMetricKind.Share, true),
        new("matthews_correlation", GateMetricKind.Number, true),
        new("r2", GateMetricKind.Number, true),
        new("macro_f1", GateMetricKind.Share, true),
        new("ndcg", GateMetricKind.Share, true),
        new("brier_score", GateMetricKind.Share, false),
        new("expected_calibration_error", GateMetricKind.Share, false),
        new("false_positive_rate", GateMetricKind.Share, false),
        new("log_loss", GateMetricKind.Number, false),
        new("mae", GateMetricKind.Number, false),
        new("mape", GateMetricKind.Number, false),
        new("poisson_deviance", GateMetricKind.Number, false),
        new("rmse", GateMetricKind.Number, false),
        new("wape", GateMetricKind.Number, false),
        new("latency_p50", GateMetricKind.Duration, false),
        new("latency_p95", GateMetricKind.Duration, false),
        new("latency_p99", GateMetricKind.Duration, false),
        new("positive_rate", GateMetricKind.Share, null),
    }.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);
}

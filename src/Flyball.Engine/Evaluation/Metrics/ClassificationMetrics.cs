using static Flyball.Engine.Evaluation.Metrics.MetricDirection;
using static Flyball.Engine.Evaluation.Metrics.MetricKind;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>Metrics that two classes and several have under one name.</summary>
internal static class ClassificationMetrics
{
    private static readonly MetricParameter Threshold = new("threshold", 0.5, 0, 1);

    public static IEnumerable<MetricDefinition> All =>
    [
        MetricDefinition.Shared(
            "log_loss", Lower, Number, PredictionTasks.Classification, "mean -ln(score of what happened), clipped at 1e-15",
            drawn => drawn.Rows.Task == PredictionTasks.Binary ? BinaryRowMetrics.LogLoss(drawn) : MulticlassMetrics.LogLoss(drawn)),
        Both("accuracy", Share, "share of rows decided right", BinaryRowMetrics.Accuracy, m => MetricValue.Of((double)m.Diagonal / m.Rows)),
        Both("balanced_accuracy", Share, "mean recall of the classes that occur", BinaryRowMetrics.BalancedAccuracy, m => m.BalancedAccuracy),
        Both("matthews_correlation", Number, "correlation of label and decision, -1 to 1 (Matthews 1975; Gorodkin 2004)", c => c.MatthewsCorrelation, m => m.MatthewsCorrelation),
        Both("cohen_kappa", Number, "(p_o - p_e) / (1 - p_e), p_e the agreement by chance (Cohen 1960)", Kappa, m => m.CohenKappa),
    ];

    // A threshold decides between two classes only: several are decided by the largest score, and take none.
    private static MetricDefinition Both(
        string name, MetricKind kind, string formula, Func<Confusion, MetricValue> two, Func<ConfusionMatrix, MetricValue> several) =>
        MetricDefinition.Family(
            (name, Higher, kind), PredictionTasks.Classification, formula,
            a => drawn => drawn.Rows.Task == PredictionTasks.Binary
                ? two(drawn.Confused(a[0]))
                : a[0] == Threshold.Default ? several(drawn.Table) : MetricValue.None($"{name} of several classes takes no threshold"),
            Threshold);

    private static MetricValue Kappa(Confusion c)
    {
        double n = c.Rows, real = (c.TruePositives + c.FalseNegatives) / n, predicted = (c.TruePositives + c.FalsePositives) / n;
        var expected = (real * predicted) + ((1 - real) * (1 - predicted));
        return expected == 1
            ? MetricValue.None("all rows have one class and are predicted as it")
            : MetricValue.Of((c.Accuracy.Value!.Value - expected) / (1 - expected));
    }
}

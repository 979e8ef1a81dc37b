using System.Collections.Frozen;
using Flyball.Engine.Evaluation;
using Flyball.Training.Tasks;

namespace Flyball.Registry;

/// <summary>How a metric that a gate names is measured on frozen rows. A metric that is not here cannot be, and its gate fails.</summary>
internal static class FrozenMetric
{
    /// <summary>Scores from here on count as positive where a metric counts decisions.</summary>
    public const double Threshold = 0.5;

    private static readonly FrozenDictionary<string, BinaryMetric> Known = new Dictionary<string, BinaryMetric>(StringComparer.Ordinal)
    {
        ["average_precision"] = BinaryMetrics.AveragePrecision,
        ["roc_auc"] = BinaryMetrics.RocAuc,
        ["brier_score"] = BinaryMetrics.Brier,
        ["log_loss"] = BinaryMetrics.LogLoss,
        ["expected_calibration_error"] = (scores, labels) => CalibrationError.EqualWidth(scores, labels),
        ["precision"] = (scores, labels) => At(scores, labels, c => c.Precision),
        ["recall"] = (scores, labels) => At(scores, labels, c => c.Recall),
        ["f1"] = (scores, labels) => At(scores, labels, c => c.F1),
        ["accuracy"] = (scores, labels) => At(scores, labels, c => c.Accuracy),
        ["false_positive_rate"] = (scores, labels) => At(scores, labels, c => c.FalsePositiveRate),
        ["specificity"] = (scores, labels) => At(scores, labels, c => Complement(c.FalsePositiveRate)),
        ["matthews_correlation"] = (scores, labels) => At(scores, labels, c => c.MatthewsCorrelation),
        ["balanced_accuracy"] = (scores, labels) => At(scores, labels, BalancedAccuracy),
        ["positive_rate"] = (scores, labels) => At(scores, labels, c => MetricValue.Of((c.TruePositives + c.FalsePositives) / c.Rows)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a metric applies to a task.</summary>
    public static bool Measures(ModelTask task, string name) => task.IsProbability ? Known.ContainsKey(name) : TaskMetrics.Named(task, name) is not null;

    public static IReadOnlyList<string> NamesOf(ModelTask task) => task.IsProbability ? [.. Known.Keys.Order(StringComparer.Ordinal)] : TaskMetrics.NamesOf(task);

    public static MetricValue Measure(string name, ScoredRows rows) => rows.Task.IsProbability
        ? Known[name](rows.Scores, [.. rows.Labels.Select(l => l > 0.5)])
        : TaskMetrics.Named(rows.Task, name)!(rows);

    /// <summary>Candidate minus champion on identical rows, with the bounds of a paired bootstrap.</summary>
    public static BootstrapDifference Compare(string name, ScoredRows champion, ScoredRows candidate, BootstrapOptions options) => candidate.Task.IsProbability
        ? PairedBootstrap.Compare(champion.Scores, candidate.Scores, [.. candidate.Labels.Select(l => l > 0.5)], Known[name], options)
        : RowBootstrap.Compare(champion, candidate, TaskMetrics.Named(candidate.Task, name)!, options);

    private static MetricValue At(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, Func<Confusion, MetricValue> of) =>
        BinaryMetrics.ConfusionAt(scores, labels, Threshold) is { } counts ? of(counts) : MetricValue.None("no rows with finite scores");

    private static MetricValue BalancedAccuracy(Confusion counts) => (counts.Recall, counts.FalsePositiveRate) switch
    {
        ({ Value: { } recall }, { Value: { } falsePositives }) => MetricValue.Of((recall + 1 - falsePositives) / 2),
        ({ Insufficient: { } reason }, _) => MetricValue.None(reason),
        var (_, rate) => rate,
    };

    private static MetricValue Complement(MetricValue value) => value.Value is { } share ? MetricValue.Of(1 - share) : value;
}

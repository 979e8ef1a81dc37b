using static Flyball.Engine.Evaluation.Metrics.MetricDirection;
using static Flyball.Engine.Evaluation.Metrics.MetricKind;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Metrics of several classes. The predicted class is that of the largest score, the first of equal ones. Macro is the mean over the
/// classes that occur among labels or predictions, weighted the mean by their rows, micro the figure of all decisions together; a
/// class that is never predicted has precision 0, as in scikit-learn. O(drawn rows + classes^2).
/// </summary>
internal static class MulticlassMetrics
{
    private static readonly object LossKey = new();

    public static IEnumerable<MetricDefinition> All =>
    [
        .. Averaged("precision", "TP / (TP + FP)", c => Or0(c.TruePositives, c.TruePositives + c.FalsePositives)),
        .. Averaged("recall", "TP / (TP + FN)", c => Or0(c.TruePositives, c.TruePositives + c.FalseNegatives)),
        .. Averaged("f1", "2 TP / (2 TP + FP + FN)", c => Or0(2 * c.TruePositives, (2 * c.TruePositives) + c.FalsePositives + c.FalseNegatives)),
        Plain("roc_auc_ovr_macro", Higher, Share, "mean over classes of the AUC of one against the rest", drawn => OneAgainstRest(drawn, weighted: false)),
        Plain("roc_auc_ovr_weighted", Higher, Share, "the same weighted by rows of the class", drawn => OneAgainstRest(drawn, weighted: true)),
        Plain("multiclass_brier_score", Lower, Number, "mean over rows of sum over classes of (score - [class is right])^2, 0 to 2 (Brier 1950)", drawn => Brier(drawn.Rows, drawn.Places)),
        MetricDefinition.Family(
            ("top_k_accuracy", Higher, Share), PredictionTasks.Multiclass, "share of rows whose class is among the k largest scores, the first of equal ones",
            a => drawn => TopK(drawn.Rows, drawn.Places, (int)a[0]), new MetricParameter("k", 3, 1, 1_000_000, Whole: true)),
    ];

    /// <summary>Mean -ln(score of the right class), clipped at 1e-15.</summary>
    public static MetricValue LogLoss(DrawnCounts drawn) =>
        drawn.Rows.NotProbabilities is { } reason ? MetricValue.None(reason) : MetricValue.Of(drawn.Sum(drawn.Rows.TermsOf(LossKey, LogLossTerms)) / drawn.Places.Length);

    private static double[] LogLossTerms(ScoredRows rows)
    {
        var terms = new double[rows.Count];
        for (var row = 0; row < terms.Length; row++)
        {
            terms[row] = -Math.Log(Math.Clamp(rows.Scores[(row * rows.Outputs) + rows.ClassOf(row)], BinaryMetrics.LogLossClip, 1 - BinaryMetrics.LogLossClip));
        }

        return terms;
    }

    private static MetricValue Brier(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        if (rows.NotProbabilities is { } reason)
        {
            return MetricValue.None(reason);
        }

        double sum = 0;
        foreach (var row in drawn)
        {
            var right = rows.ClassOf(row);
            for (var c = 0; c < rows.Outputs; c++)
            {
                var gap = rows.Scores[(row * rows.Outputs) + c] - (c == right ? 1 : 0);
                sum += gap * gap;
            }
        }

        return MetricValue.Of(sum / drawn.Length);
    }

    private static MetricValue TopK(ScoredRows rows, ReadOnlySpan<int> drawn, int k)
    {
        var hits = 0;
        foreach (var row in drawn)
        {
            var own = rows.Scores.Slice(row * rows.Outputs, rows.Outputs);
            var right = rows.ClassOf(row);
            var before = 0;
            for (var c = 0; c < own.Length; c++)
            {
                before += own[c] > own[right] || (own[c] == own[right] && c < right) ? 1 : 0;
            }

            hits += before < k ? 1 : 0;
        }

        return MetricValue.Of((double)hits / drawn.Length);
    }

    private static MetricValue OneAgainstRest(DrawnCounts drawn, bool weighted)
    {
        double sum = 0;
        for (var c = 0; c < drawn.Rows.Outputs; c++)
        {
            var area = drawn.Area(c);
            if (area.Value is not { } value)
            {
                return MetricValue.None(FormattableString.Invariant($"class {c} cannot be told from the rest: {area.Insufficient}"));
            }

            sum += value * (weighted ? (double)drawn.Table.Real(c) / drawn.Places.Length : 1.0 / drawn.Rows.Outputs);
        }

        return MetricValue.Of(sum);
    }

    private static IEnumerable<MetricDefinition> Averaged(string name, string formula, Func<Confusion, double> of) =>
    [
        Plain($"{name}_macro", Higher, Share, $"mean over classes of {formula}", drawn => Mean(drawn.Table, of, weighted: false)),
        Plain($"{name}_weighted", Higher, Share, $"mean over classes, by their rows, of {formula}", drawn => Mean(drawn.Table, of, weighted: true)),
        Plain($"{name}_micro", Higher, Share, $"{formula} with TP, FP and FN summed over classes, which equals the accuracy", drawn => Micro(drawn.Table, of)),
    ];

    private static MetricValue Mean(ConfusionMatrix table, Func<Confusion, double> of, bool weighted)
    {
        double sum = 0, weights = 0;
        for (var c = 0; c < table.Classes; c++)
        {
            double weight = weighted ? table.Real(c) : table.Real(c) + table.Predicted(c) > 0 ? 1 : 0;
            sum += weight == 0 ? 0 : weight * of(table.Of(c));
            weights += weight;
        }

        return MetricValue.Of(sum / weights);
    }

    private static MetricValue Micro(ConfusionMatrix table, Func<Confusion, double> of)
    {
        double wrong = table.Rows - table.Diagonal;
        return MetricValue.Of(of(new Confusion(table.Diagonal, wrong, wrong, 0)));
    }

    private static double Or0(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;

    private static MetricDefinition Plain(string name, MetricDirection direction, MetricKind kind, string formula, CountMeasure measure) =>
        MetricDefinition.Shared(name, direction, kind, PredictionTasks.Multiclass, formula, measure);
}

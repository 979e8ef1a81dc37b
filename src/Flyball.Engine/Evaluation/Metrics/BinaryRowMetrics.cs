using static Flyball.Engine.Evaluation.Metrics.MetricDirection;
using static Flyball.Engine.Evaluation.Metrics.MetricKind;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>The metrics of binary classification that no other task has. A row is predicted positive when score >= threshold.</summary>
internal static class BinaryRowMetrics
{
    /// <summary>Scores from here on count as positive where no threshold is given.</summary>
    private static readonly MetricParameter Threshold = new("threshold", 0.5, 0, 1);

    private static readonly MetricParameter Bins = new("bins", 10, 1, 1000, Whole: true);

    private static readonly object BrierKey = new();

    private static readonly object LossKey = new();

    public static IEnumerable<MetricDefinition> All =>
    [
        Scored("roc_auc", Higher, "P(score of a positive > score of a negative) + P(equal)/2 (Mann and Whitney 1947)", drawn => ThresholdFreeMetrics.RocAuc(drawn.Ranks)),
        Scored("average_precision", Higher, "sum over thresholds of (R_n - R_(n-1)) P_n, not interpolated", drawn => ThresholdFreeMetrics.AveragePrecision(drawn.Ranks)),
        Scored("ks_statistic", Higher, "max over thresholds of |TPR - FPR| (Kolmogorov and Smirnov)", drawn => ThresholdFreeMetrics.KolmogorovSmirnov(drawn.Ranks)),
        At("recall_at_precision", Share, "largest recall of a threshold with precision >= p; 0 when none has it", ThresholdFreeMetrics.RecallAtPrecision, new("p", 0.9, 0, 1)),
        At("precision_at_recall", Share, "largest precision of a threshold with recall >= r", ThresholdFreeMetrics.PrecisionAtRecall, new("r", 0.8, 0, 1)),
        At("gain", Share, "share of the positives among the top share of rows by score, tied rows by their mean", ThresholdFreeMetrics.Gain, new("share", 0.1, 0, 1)),
        At("lift", Number, "rate of positives among the top share of rows / rate of all", ThresholdFreeMetrics.Lift, new("share", 0.1, 0, 1)),
        Scored("brier_score", Lower, "mean (score - label)^2 (Brier 1950)", drawn => Summed(drawn, BrierKey, BrierTerms, BinaryMetrics.Brier)),
        Binned("expected_calibration_error", "sum of n_b/n |mean score - mean label|, bins (k/B, (k+1)/B] (Naeini et al. 2015)", (drawn, b) => drawn.Binned(b).Expected(drawn.Places.Length), CalibrationError.EqualWidth, b => new(b, EqualMass: false, Largest: false)),
        Binned("maximum_calibration_error", "largest |mean score - mean label| of these bins", (drawn, b) => drawn.Binned(b).Largest(), CalibrationError.MaximumEqualWidth, b => new(b, EqualMass: false, Largest: true)),
        Binned("calibration_error_equal_mass", "the same sum over bins of equal numbers of rows", (drawn, b) => drawn.EqualMass(b), CalibrationError.EqualFrequency, b => new(b, EqualMass: true, Largest: false)),
        Decided("precision", Higher, "TP / (TP + FP)", c => c.Precision),
        Decided("recall", Higher, "TP / (TP + FN)", c => c.Recall),
        Decided("f1", Higher, "2 TP / (2 TP + FP + FN)", c => c.F1),
        Decided("false_positive_rate", Lower, "FP / (FP + TN)", c => c.FalsePositiveRate),
        Decided("specificity", Higher, "TN / (FP + TN)", c => Complement(c.FalsePositiveRate)),
        Decided("positive_rate", Neither, "(TP + FP) / n", c => MetricValue.Of((c.TruePositives + c.FalsePositives) / c.Rows)),
        MetricDefinition.Family(
            ("f_beta", Higher, Share), PredictionTasks.Binary, "(1 + b^2) TP / ((1 + b^2) TP + b^2 FN + FP) (van Rijsbergen 1979)",
            a => drawn => FBeta(drawn.Confused(a[1]), a[0]), new("beta", 2, 0, 1000, Open: true), Threshold),
        MetricDefinition.Family(
            ("cost", Lower, Number), PredictionTasks.Binary, "(FP cost_fp + FN cost_fn) / n",
            a => drawn => Cost(drawn.Confused(a[2]), a[0], a[1]), new("cost_fp", null, 0, 1e15), new("cost_fn", null, 0, 1e15), Threshold),
    ];

    /// <summary>Log loss in nats, clipped at 1e-15.</summary>
    public static MetricValue LogLoss(DrawnCounts drawn) => Summed(drawn, LossKey, LogLossTerms, BinaryMetrics.LogLoss);

    private static double[] BrierTerms(ScoredRows rows)
    {
        var terms = new double[rows.Count];
        for (var row = 0; row < terms.Length; row++)
        {
            var gap = rows.Scores[row] - (rows.IsPositive(row) ? 1 : 0);
            terms[row] = gap * gap;
        }

        return terms;
    }

    private static double[] LogLossTerms(ScoredRows rows)
    {
        var terms = new double[rows.Count];
        for (var row = 0; row < terms.Length; row++)
        {
            var score = Math.Clamp(rows.Scores[row], BinaryMetrics.LogLossClip, 1 - BinaryMetrics.LogLossClip);
            terms[row] = -Math.Log(rows.IsPositive(row) ? score : 1 - score);
        }

        return terms;
    }

    public static MetricValue Accuracy(Confusion counts) => counts.Accuracy;

    public static MetricValue BalancedAccuracy(Confusion counts) => (counts.Recall, counts.FalsePositiveRate) switch
    {
        ({ Value: { } recall }, { Value: { } falsePositives }) => MetricValue.Of((recall + 1 - falsePositives) / 2),
        ({ Insufficient: { } reason }, _) => MetricValue.None(reason),
        var (_, rate) => rate,
    };

    public static Confusion Confuse(ScoredRows rows, ReadOnlySpan<int> drawn, double threshold)
    {
        var scores = rows.Scores;
        long tp = 0, fp = 0, positives = 0;
        foreach (var row in drawn)
        {
            var positive = rows.IsPositive(row);
            positives += positive ? 1 : 0;
            if (scores[row] >= threshold)
            {
                tp += positive ? 1 : 0;
                fp += positive ? 0 : 1;
            }
        }

        return new Confusion(tp, fp, positives - tp, drawn.Length - positives - fp);
    }

    private static MetricValue FBeta(Confusion counts, double beta)
    {
        var square = beta * beta;
        return MetricValue.Ratio(
            (1 + square) * counts.TruePositives,
            ((1 + square) * counts.TruePositives) + (square * counts.FalseNegatives) + counts.FalsePositives,
            "no positives, predicted or real");
    }

    private static MetricValue Cost(Confusion counts, double falsePositive, double falseNegative) =>
        MetricValue.Of(((counts.FalsePositives * falsePositive) + (counts.FalseNegatives * falseNegative)) / counts.Rows);

    private static MetricValue Complement(MetricValue value) => value.Value is { } share ? MetricValue.Of(1 - share) : value;

    /// <summary>The mean of each row's term; row by row over copies when some row's score is no probability, which may not be among those drawn.</summary>
    private static MetricValue Summed(DrawnCounts drawn, object key, Func<ScoredRows, double[]> terms, BinaryMetric otherwise) =>
        drawn.Rows.NotProbabilities is null ? MetricValue.Of(drawn.Sum(drawn.Rows.TermsOf(key, terms)) / drawn.Places.Length) : Gathered(drawn, otherwise);

    private static MetricValue Gathered(DrawnCounts drawn, BinaryMetric metric)
    {
        var scores = new double[drawn.Places.Length];
        var labels = new bool[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            var row = drawn.Places[i];
            (scores[i], labels[i]) = (drawn.Rows.Scores[row], drawn.Rows.IsPositive(row));
        }

        return metric(scores, labels);
    }

    private static MetricDefinition Scored(string name, MetricDirection direction, string formula, CountMeasure measure) =>
        MetricDefinition.Shared(name, direction, Share, PredictionTasks.Binary, formula, measure);

    private static MetricDefinition At(string name, MetricKind kind, string formula, AtNumber measure, MetricParameter parameter) =>
        MetricDefinition.Family((name, Higher, kind), PredictionTasks.Binary, formula, a => drawn => measure(drawn.Ranks, a[0]), parameter);

    private static MetricDefinition Binned(string name, string formula, InBins measure, InCopies otherwise, Func<int, GapForm> form)
    {
        var family = MetricDefinition.Family(
            (name, Lower, Share), PredictionTasks.Binary, formula,
            a => drawn => drawn.Rows.NotProbabilities is null ? MetricValue.Of(measure(drawn, (int)a[0])) : Gathered(drawn, (s, l) => otherwise(s, l, (int)a[0])), Bins);
        return family.WithGaps(a => form((int)a[0]));
    }

    private static MetricDefinition Decided(string name, MetricDirection direction, string formula, Func<Confusion, MetricValue> of) =>
        MetricDefinition.Family(
            (name, direction, Share), PredictionTasks.Binary, formula, a => drawn => of(drawn.Confused(a[0])), Threshold);

    private delegate MetricValue AtNumber(in RankCounts counts, double number);

    private delegate double InBins(DrawnCounts drawn, int bins);

    private delegate MetricValue InCopies(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int bins);
}

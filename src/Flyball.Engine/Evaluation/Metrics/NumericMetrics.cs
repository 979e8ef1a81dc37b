using System.Buffers;

using static Flyball.Engine.Evaluation.Metrics.MetricDirection;
using static Flyball.Engine.Evaluation.Metrics.MetricKind;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Metrics of predicted numbers: y the label, f the prediction, e = y - f. Each is one pass over the drawn rows, the median one
/// sort. What a formula cannot take (a label of zero in a percentage, a prediction of zero in a logarithm) is insufficient, not clipped.
/// </summary>
internal static class NumericMetrics
{
    private const string ZeroLabel = "a label is 0, and a percentage of it is not defined";

    public static IEnumerable<MetricDefinition> All =>
    [
        Mean("mse", "mean e^2", (y, f) => (y - f) * (y - f)),
        MetricDefinition.Shared(
            "rmse", Lower, Number, PredictionTasks.Numeric, "sqrt(mean e^2)", drawn => Average(drawn, SquareKey, (y, f) => (y - f) * (y - f)) is { Value: { } square } ? MetricValue.Of(Math.Sqrt(square)) : Overflow),
        Mean("mae", "mean |e|", (y, f) => Math.Abs(y - f)),
        Plain("median_absolute_error", Lower, "median |e|", MedianAbsoluteError),
        Mean("bias", "mean (f - y)", (y, f) => f - y, Neither),
        Plain("r2", Higher, "1 - sum e^2 / sum (y - mean y)^2", R2),
        Judged("mape", "mean |e| / |y|", (y, _) => y == 0 ? ZeroLabel : null, (y, f) => Math.Abs((y - f) / y)),
        Mean("smape", "mean 2 |e| / (|y| + |f|), 0 where both are 0 (0 to 2)", (y, f) => y == f ? 0 : 2 * Math.Abs(y - f) / (Math.Abs(y) + Math.Abs(f))),
        Plain("wape", Lower, "sum |e| / sum |y|", Wape),
        MetricDefinition.Shared(
            "mase", Lower, Number, PredictionTasks.Numeric, "mean |e| / mean |e| of the naive forecast on the training part (Hyndman and Koehler 2006)", Mase),
        Judged(
            "msle", "mean (ln(1 + y) - ln(1 + f))^2",
            (y, f) => y <= -1 || f <= -1 ? "a label or prediction is -1 or less, and ln(1 + x) is not defined" : null,
            (y, f) => Square(double.LogP1(y) - double.LogP1(f))),
        Judged(
            "poisson_deviance", "mean 2 (y ln(y/f) - y + f) (McCullagh and Nelder 1989)",
            (y, f) => y < 0 ? "a label is negative" : f <= 0 ? "a prediction is not positive" : null, Poisson),
        Judged(
            "gamma_deviance", "mean 2 (ln(f/y) + y/f - 1)",
            (y, f) => y <= 0 ? "a label is not positive" : f <= 0 ? "a prediction is not positive" : null,
            (y, f) => 2 * (Math.Log(f / y) + (y / f) - 1)),
        MetricDefinition.Family(
            ("tweedie_deviance", Lower, Number), PredictionTasks.Numeric,
            "mean 2 (y^(2-p)/((1-p)(2-p)) - y f^(1-p)/(1-p) + f^(2-p)/(2-p)), 1 < p < 2 (Jorgensen 1987)",
            a => Measure(
                (y, f) => y < 0 ? "a label is negative" : f <= 0 ? "a prediction is not positive" : null, (y, f) => Tweedie(y, f, a[0])),
            new MetricParameter("power", 1.5, 1, 2, Open: true)),
        MetricDefinition.Family(
            ("pinball_loss", Lower, Number), PredictionTasks.Numeric, "mean max(q e, (q - 1) e) (Koenker and Bassett 1978)",
            a => Measure((_, _) => null, (y, f) => Math.Max(a[0] * (y - f), (a[0] - 1) * (y - f))), new MetricParameter("quantile", 0.5, 0, 1, Open: true)),
    ];

    private static readonly object SquareKey = new();

    private static readonly object ScaledKey = new();

    private static readonly object ErrorKey = new();

    private static MetricValue Overflow => MetricValue.None("the figure is too large for a number");

    private static MetricDefinition Plain(string name, MetricDirection direction, string formula, RowMeasure measure) =>
        MetricDefinition.Plain(name, direction, Number, PredictionTasks.Numeric, formula, measure);

    private static MetricDefinition Mean(string name, string formula, Func<double, double, double> loss, MetricDirection direction = Lower) =>
        MetricDefinition.Shared(name, direction, Number, PredictionTasks.Numeric, formula, drawn => Average(drawn, loss, loss));

    private static MetricDefinition Judged(string name, string formula, Func<double, double, string?> refuse, Func<double, double, double> loss) =>
        MetricDefinition.Shared(name, Lower, Number, PredictionTasks.Numeric, formula, Measure(refuse, loss));

    /// <summary>Whether any row is refused is found once; only then must the drawn ones be looked at.</summary>
    private static CountMeasure Measure(Func<double, double, string?> refuse, Func<double, double, double> loss) => drawn =>
    {
        var rows = drawn.Rows;
        var refused = rows.TermsOf(refuse, all => [Enumerable.Range(0, all.Count).Any(row => refuse(all.Labels[row], all.Scores[row]) is not null) ? 1 : 0]);
        if (refused[0] != 0)
        {
            foreach (var row in drawn.Places)
            {
                if (refuse(rows.Labels[row], rows.Scores[row]) is { } reason)
                {
                    return MetricValue.None(reason);
                }
            }
        }

        return Average(drawn, loss, loss);
    };

    private static MetricValue Average(DrawnCounts drawn, object key, Func<double, double, double> loss) =>
        Finite(drawn.Sum(Losses(drawn.Rows, key, loss)) / drawn.Places.Length);

    private static double[] Losses(ScoredRows rows, object key, Func<double, double, double> loss) => rows.TermsOf(key, all =>
    {
        var terms = new double[all.Count];
        for (var row = 0; row < terms.Length; row++)
        {
            terms[row] = loss(all.Labels[row], all.Scores[row]);
        }

        return terms;
    });

    private static MetricValue Finite(double value) => double.IsFinite(value) ? MetricValue.Of(value) : Overflow;

    private static MetricValue MedianAbsoluteError(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        var errors = ArrayPool<double>.Shared.Rent(drawn.Length);
        var all = Losses(rows, ErrorKey, (y, f) => Math.Abs(y - f));
        for (var i = 0; i < drawn.Length; i++)
        {
            errors[i] = all[drawn[i]];
        }

        var middle = (drawn.Length - 1) / 2;
        var found = errors.AsSpan(0, drawn.Length);
        var low = Selection.Nth(found, middle);
        var median = drawn.Length % 2 == 1 ? low : (low / 2) + (Selection.Least(found[(middle + 1)..]) / 2);
        ArrayPool<double>.Shared.Return(errors);
        return Finite(median);
    }

    private static MetricValue R2(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        double mean = 0, errors = 0, spread = 0, first = rows.Labels[drawn[0]];
        var constant = true;
        foreach (var row in drawn)
        {
            mean += rows.Labels[row] / drawn.Length;
            constant &= rows.Labels[row] == first;
        }

        foreach (var row in drawn)
        {
            errors += Square(rows.Labels[row] - rows.Scores[row]);
            spread += Square(rows.Labels[row] - mean);
        }

        // Of equal labels the computed mean may miss by a bit, so that the spread is not 0 although it should be.
        return constant || spread == 0 ? MetricValue.None("all labels are equal") : Finite(1 - (errors / spread));
    }

    private static MetricValue Wape(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        double errors = 0, size = 0;
        foreach (var row in drawn)
        {
            errors += Math.Abs(rows.Labels[row] - rows.Scores[row]);
            size += Math.Abs(rows.Labels[row]);
        }

        return size == 0 ? MetricValue.None("all labels are 0") : Finite(errors / size);
    }

    private static MetricValue Mase(DrawnCounts drawn) =>
        drawn.Rows.NaiveScale is not { } scale ? MetricValue.None("the naive forecast was not measured on the training part")
        : !(scale > 0) ? MetricValue.None("the naive forecast makes no error on the training part")
        : Average(drawn, ScaledKey, (y, f) => Math.Abs(y - f) / scale);

    private static double Square(double x) => x * x;

    private static double Poisson(double y, double f) => 2 * ((y == 0 ? 0 : y * Math.Log(y / f)) - y + f);

    private static double Tweedie(double y, double f, double p) =>
        2 * ((Math.Pow(y, 2 - p) / ((1 - p) * (2 - p))) - (y * Math.Pow(f, 1 - p) / (1 - p)) + (Math.Pow(f, 2 - p) / (2 - p)));
}

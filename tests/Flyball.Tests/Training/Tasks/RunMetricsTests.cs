using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Training.Tasks;
using ScoredRows = Flyball.Training.Tasks.ScoredRows;

namespace Flyball.Tests.Training.Tasks;

/// <summary>A run's figures are those of the catalogue, under the names that they have always had, and by the formulas written out here.</summary>
public sealed class RunMetricsTests
{
    private const int Rows = 400;

    private static readonly Random Draw = new(11);
    private static readonly double[] Scores = [.. Enumerable.Range(0, Rows).Select(_ => Draw.NextDouble())];
    private static readonly double[] Numbers = [.. Scores.Select(s => Math.Floor(1 + (9 * s) + (5 * Draw.NextDouble())))];
    private static readonly bool[] Happened = [.. Scores.Select(s => Draw.NextDouble() < s * s)];

    [Fact]
    public void Of_two_classes()
    {
        var metrics = RunMetrics.Of(new ScoredRows(ModelTasks.Binary, Scores, [.. Happened.Select(h => h ? 1.0 : 0)]));

        Near(BinaryMetrics.RocAuc(Scores, Happened), metrics["roc_auc"]);
        Near(BinaryMetrics.AveragePrecision(Scores, Happened), metrics["average_precision"]);
        Near(BinaryMetrics.Brier(Scores, Happened), metrics["brier_score"]);
        Near(BinaryMetrics.LogLoss(Scores, Happened), metrics["log_loss"]);
        Near(CalibrationError.EqualWidth(Scores, Happened), metrics["expected_calibration_error"]);
        Assert.Equal(Happened.Zip(Scores).Count(r => r.First == r.Second >= 0.5) / (double)Rows, metrics["accuracy"], 12);
        Assert.Equal(MetricCatalogue.For(PredictionTasks.Binary).Count, metrics.Count);
    }

    [Fact]
    public void Of_numbers()
    {
        double[] told = [.. Scores.Select(s => 1.5 + (10 * s))];
        var metrics = RunMetrics.Of(new ScoredRows(ModelTasks.Named("count")!, told, Numbers) { NaiveScale = 2 });

        var pairs = Numbers.Zip(told).ToList();
        var mean = Numbers.Average();
        Assert.Equal(Math.Sqrt(pairs.Average(p => (p.First - p.Second) * (p.First - p.Second))), metrics["rmse"], 12);
        Assert.Equal(pairs.Average(p => Math.Abs(p.First - p.Second)), metrics["mae"], 12);
        Assert.Equal(1 - (pairs.Sum(p => (p.First - p.Second) * (p.First - p.Second)) / Numbers.Sum(n => (n - mean) * (n - mean))), metrics["r2"], 12);
        Assert.Equal(pairs.Average(p => Math.Abs((p.First - p.Second) / p.First)), metrics["mape"], 12);
        Assert.Equal(pairs.Sum(p => Math.Abs(p.First - p.Second)) / Numbers.Sum(), metrics["wape"], 12);
        Assert.Equal(2 * pairs.Average(p => (p.First * Math.Log(p.First / p.Second)) - p.First + p.Second), metrics["poisson_deviance"], 12);
        Assert.Equal(metrics["mae"] / 2, metrics["mase"], 12);
        Assert.Equal(metrics["poisson_deviance"], RunMetrics.Headline(new ScoredRows(ModelTasks.Named("count")!, told, Numbers))!.Value, 12);
    }

    [Fact]
    public void Of_several_classes()
    {
        float[][] probabilities = [.. Scores.Select(s => new[] { (float)(s / 2), (float)(s / 2 * s), 1 - (float)(s / 2) - (float)(s / 2 * s) })];
        double[] labels = [.. Numbers.Select(n => n % 3)];
        var metrics = RunMetrics.Of(new ScoredRows(ModelTasks.Named("multiclass-classification")!, [.. probabilities.Select(p => (double)p.Max())], labels) { Probabilities = probabilities });

        int[] best = [.. probabilities.Select(p => Array.IndexOf(p, p.Max()))];
        double F1(int k) => 2.0 * best.Zip(labels).Count(r => r.First == k && r.Second == k) / (best.Count(b => b == k) + labels.Count(l => l == k));
        Assert.Equal(probabilities.Zip(labels).Average(r => -Math.Log(r.First[(int)r.Second])), metrics["log_loss"], 12);
        Assert.Equal(best.Zip(labels).Average(r => r.First == r.Second ? 1.0 : 0), metrics["accuracy"], 12);
        Assert.Equal(Enumerable.Range(0, 3).Average(F1), metrics["f1_macro"], 12);
    }

    /// <summary>Rows of a group need not stand together where a run has them.</summary>
    [Fact]
    public void Of_a_ranking()
    {
        var task = ModelTasks.Named("ranking")!;
        double[] scores = [3, 1, 2, 1], grades = [0, 0, 1, 1];

        // The first group is in its best order but for its first row: 1 / log2(3); the second has its only relevant row first.
        var metrics = RunMetrics.Of(new ScoredRows(task, scores, grades) { Groups = [0, 1, 1, 0] });

        Assert.Equal(((1 / Math.Log2(3)) + 1) / 2, metrics["ndcg"], 12);
        Assert.Empty(RunMetrics.Of(new ScoredRows(task, scores, grades)));
    }

    [Fact]
    public void A_figure_that_the_rows_do_not_determine_is_left_out()
    {
        var metrics = RunMetrics.Of(new ScoredRows(ModelTasks.Binary, [0.2, 0.3], [0, 0]));

        Assert.DoesNotContain("roc_auc", metrics.Keys);
        Assert.Contains("brier_score", metrics.Keys);
        Assert.Empty(RunMetrics.Of(new ScoredRows(ModelTasks.Binary, [double.NaN, 0.3], [0, 1])));
        Assert.Empty(RunMetrics.Of(new ScoredRows(ModelTasks.Binary, [], [])));
    }

    private static void Near(MetricValue expected, double found) => Assert.Equal(expected.Value!.Value, found, 12);
}

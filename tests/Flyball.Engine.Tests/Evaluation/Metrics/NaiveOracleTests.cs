using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Tests.Evaluation.Metrics;

/// <summary>Each figure beside the plainest form of its definition, on rows with ties.</summary>
public sealed class NaiveOracleTests
{
    private const double Tight = 1e-12;

    [Fact]
    public void RocAuc_IsTheShareOfPairsWon()
    {
        var (scores, labels) = TestRows.BinaryParts(1);
        double won = 0, pairs = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            for (var j = 0; j < scores.Length; j++)
            {
                if (labels[i] && !labels[j])
                {
                    pairs++;
                    won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }

        Near(won / pairs, ScoredRows.Binary(scores, labels), "roc_auc");
    }

    [Fact]
    public void ThresholdMetrics_EqualASweepOverEveryThreshold()
    {
        var (scores, labels) = TestRows.BinaryParts(2);
        var rows = ScoredRows.Binary(scores, labels);
        var sweep = scores.Distinct().Select(t => (
            Tp: (double)scores.Zip(labels).Count(r => r.First >= t && r.Second),
            Fp: (double)scores.Zip(labels).Count(r => r.First >= t && !r.Second))).ToList();
        double positives = labels.Count(l => l), negatives = labels.Length - positives;
        Near(sweep.Max(s => Math.Abs((s.Tp / positives) - (s.Fp / negatives))), rows, "ks_statistic");
        foreach (var bound in new[] { 0.3, 0.5, 0.7, 1 })
        {
            var text = bound.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Near(sweep.Where(s => s.Tp / (s.Tp + s.Fp) >= bound).Select(s => s.Tp / positives).DefaultIfEmpty(0).Max(), rows, $"recall_at_precision({text})");
            Near(sweep.Where(s => s.Tp / positives >= bound).Max(s => s.Tp / (s.Tp + s.Fp)), rows, $"precision_at_recall({text})");
        }
    }

    [Fact]
    public void GainAndLift_AreTheMeanOverTheOrdersOfTiedRows()
    {
        // Four rows tied at the cut of two: each order of them is as likely.
        var rows = ScoredRows.Binary([0.9, 0.5, 0.5, 0.5, 0.5, 0.1], [true, true, false, false, false, true]);
        Near((1 + 0.25) / 3, rows, "gain(0.33)");
        Near((1 + 0.25) / 2 / 0.5, rows, "lift(0.33)");
        Near(1, rows, "lift(1)");
    }

    [Fact]
    public void DecisionMetrics_FollowTheirFormulas()
    {
        // TP 2, FP 1, FN 1, TN 4 at 0.5.
        var rows = ScoredRows.Binary([0.9, 0.8, 0.7, 0.2, 0.1, 0.1, 0.1, 0.1], [true, true, false, true, false, false, false, false]);
        Near(5.0 * 2 / ((5 * 2) + (4 * 1) + 1), rows, "f_beta");
        Near(1.25 * 2 / ((1.25 * 2) + (0.25 * 1) + 1), rows, "f_beta(0.5)");
        Near((1 * 3) + (1 * 20), rows, "cost(24, 160)");
        Near(2.0 / 3, rows, "recall(0.75)");
        Near(1, rows, "precision(0.75)");
        Near((0.75 - 0.53125) / (1 - 0.53125), rows, "cohen_kappa");
        Near(0.8, rows, "specificity");
    }

    [Fact]
    public void NumericMetrics_FollowTheirFormulas()
    {
        double[] y = [1, 2, 4, 10], f = [2, 2, 3, 6];
        var rows = ScoredRows.Numeric(PredictionTasks.Regression, f, y, naiveScale: 3);
        Near(18.0 / 4, rows, "mse");
        Near(Math.Sqrt(18.0 / 4), rows, "rmse");
        Near(1.5, rows, "mae");
        Near(1, rows, "median_absolute_error");
        Near(-1, rows, "bias");
        Near(1 - (18 / 48.75), rows, "r2");
        Near((1 + 0 + 0.25 + 0.4) / 4, rows, "mape");
        Near(((2 / 3.0) + 0 + (2 / 7.0) + (8 / 16.0)) / 4, rows, "smape");
        Near(6.0 / 17, rows, "wape");
        Near(0.5, rows, "mase");
        Near(((0.1 * 1) + 0 + (0.9 * 1) + (0.9 * 4)) / 4, rows, "pinball_loss(0.9)");
        Near(0.75, rows, "pinball_loss");
    }

    [Theory]
    [InlineData("mape", 0, 1, "a label is 0")]
    [InlineData("gamma_deviance", 0, 1, "a label is not positive")]
    [InlineData("poisson_deviance", 1, 0, "a prediction is not positive")]
    [InlineData("tweedie_deviance", -1, 1, "a label is negative")]
    [InlineData("msle", -1, 1, "-1 or less")]
    [InlineData("r2", 3, 1, "all labels are equal")]
    [InlineData("mase", 3, 1, "was not measured")]
    [InlineData("rmse", 1e200, -1e200, "too large")]
    public void WhatAFormulaCannotTake_IsInsufficient(string metric, double label, double prediction, string reason) =>
        Assert.Contains(
            reason,
            MetricCatalogue.Named(metric).Measure(ScoredRows.Numeric(PredictionTasks.Regression, [prediction, prediction], [label, label])).Insufficient,
            StringComparison.Ordinal);

    [Fact]
    public void MulticlassMetrics_FollowTheirFormulas()
    {
        // Real 0 0 0 1 1 2, predicted 0 0 1 1 0 2.
        var rows = ScoredRows.Multiclass(
            [0.8, 0.1, 0.1, 0.4, 0.4, 0.2, 0.2, 0.7, 0.1, 0.2, 0.5, 0.3, 0.6, 0.1, 0.3, 0.1, 0.2, 0.7], 3, [0, 0, 0, 1, 1, 2]);
        Near(4.0 / 6, rows, "accuracy");
        Near(((2 / 3.0) + 0.5 + 1) / 3, rows, "balanced_accuracy");
        Near(((2 / 3.0) + 0.5 + 1) / 3, rows, "precision_macro");
        Near(((3 * 2 / 3.0) + (2 * 0.5) + 1) / 6, rows, "precision_weighted");
        Near(4.0 / 6, rows, "f1_micro");
        var expected = ((3 * 3) + (2 * 2) + (1 * 1)) / 36.0;
        Near(((4 / 6.0) - expected) / (1 - expected), rows, "cohen_kappa");
        Near(5.0 / 6, rows, "top_k_accuracy(2)");
        Near(-(Math.Log(0.8) + Math.Log(0.4) + Math.Log(0.2) + Math.Log(0.5) + Math.Log(0.1) + Math.Log(0.7)) / 6, rows, "log_loss");
        Near((0.06 + 0.56 + 1.14 + 0.38 + 1.26 + 0.14) / 6, rows, "multiclass_brier_score");
        var table = ConfusionMatrix.Of(rows, rows.Places);
        Assert.Equal((2, 1, 1, 0), (table[0, 0], table[0, 1], table[1, 0], table[2, 0]));
    }

    [Fact]
    public void SeveralClasses_TakeNoThreshold_AndProbabilitiesAddUp()
    {
        var rows = TestRows.Multiclass(1);
        Assert.Contains("threshold", MetricCatalogue.Named("accuracy(0.3)").Measure(rows).Insufficient, StringComparison.Ordinal);
        var halves = rows.WithScores([.. rows.Scores.ToArray().Select(s => s / 2)]);
        Assert.Contains("add up to 1", MetricCatalogue.Named("log_loss").Measure(halves).Insufficient, StringComparison.Ordinal);
        Assert.NotNull(MetricCatalogue.Named("accuracy").Measure(halves).Value);
    }

    [Fact]
    public void RankingMetrics_FollowTheirFormulas_AndLeaveOutQueriesWithoutARelevantRow()
    {
        // One query in the order 0 2 1 0, one without a relevant row, one right.
        var rows = ScoredRows.Ranking([9, 8, 7, 6, 1, 2, 5, 4], [0, 2, 1, 0, 0, 0, 1, 0], [1, 1, 1, 1, 2, 2, 3, 3]);
        var dcg = (3 / Math.Log2(3)) + (1 / Math.Log2(4));
        Near(((dcg / (3 + (1 / Math.Log2(3)))) + 1) / 2, rows, "ndcg");
        Near(((3 / Math.Log2(3) / (3 + (1 / Math.Log2(3)))) + 1) / 2, rows, "ndcg(2)");
        Near((((0.5 + (2 / 3.0)) / 2) + 1) / 2, rows, "map");
        Near((0.5 + 1) / 2, rows, "mrr");
        Near((0.5 + 0.5) / 2, rows, "precision_at(2)");
    }

    [Fact]
    public void EqualScores_AreWorthNothingInARanking()
    {
        var rows = ScoredRows.Ranking([1, 1, 1], [1, 0, 0], [4, 4, 4]);
        Near(1.0 / 3, rows, "mrr");
        Near(0, rows, "precision_at(2)");
        Near((1 + (1 / Math.Log2(3)) + 0.5) / 3, rows, "ndcg");
    }

    [Fact]
    public void AQueryDrawnTwice_CountsTwice()
    {
        var rows = ScoredRows.Ranking([2, 1, 2, 1], [1, 0, 0, 1], [1, 1, 2, 2]);
        var mrr = MetricCatalogue.Named("mrr");
        Assert.Equal((1 + 1 + 0.5) / 3, mrr.Measure(rows, [0, 1, 0, 1, 2, 3]).Value!.Value, Tight);
        Assert.Equal((1 + 0.5 + 0.5) / 3, mrr.Measure(rows, [2, 3, 0, 1, 2, 3]).Value!.Value, Tight);
        Assert.Throws<ArgumentException>(() => ScoredRows.Ranking([1, 2, 3], [1, 0, 1], [1, 2, 1]));
    }

    private static void Near(double expected, ScoredRows rows, string metric) => Assert.Equal(expected, TestRows.Value(rows, metric), Tight);
}

using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Tests.Evaluation.Metrics;

public sealed class MetricCatalogueTests
{
    public static TheoryData<PredictionTasks> Tasks =>
        [PredictionTasks.Binary, PredictionTasks.Multiclass, PredictionTasks.Regression, PredictionTasks.Count, PredictionTasks.Forecast, PredictionTasks.Ranking];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void EveryMetricOfATask_HasAValueOnPlainRows_WithinItsScale(PredictionTasks task)
    {
        var rows = TestRows.Of(task);
        var metrics = MetricCatalogue.For(task);
        Assert.True(metrics.Count >= 4, $"{metrics.Count} metrics");
        Assert.All(metrics, metric =>
        {
            var value = metric.Measure(rows);
            Assert.True(value.Value is not null, $"{metric}: {value.Insufficient}");
            if (metric.Definition.Kind == MetricKind.Share)
            {
                Assert.InRange(value.Value!.Value, 0, 1);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void ANaN_OrNoRows_OrAnotherTask_IsInsufficientForEveryMetric(PredictionTasks task)
    {
        var rows = TestRows.Of(task);
        var broken = rows.Scores.ToArray();
        broken[^1] = double.NaN;
        Assert.All(MetricCatalogue.For(task), metric =>
        {
            Assert.Equal("a score is NaN or infinite", metric.Measure(rows.WithScores(broken)).Insufficient);
            Assert.Equal("no rows", metric.Measure(rows, []).Insufficient);
        });
        var other = TestRows.Of(task == PredictionTasks.Binary ? PredictionTasks.Regression : PredictionTasks.Binary);
        var foreign = MetricCatalogue.For(task).Where(m => !m.Definition.Tasks.HasFlag(other.Task)).ToList();
        Assert.NotEmpty(foreign);
        Assert.All(foreign, metric => Assert.Contains("does not apply to", metric.Measure(other).Insufficient, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void ABetterPrediction_IsBetterByEveryMetricThatHasADirection(PredictionTasks task)
    {
        // The right answer itself against the seeded model: no metric may prefer the model.
        var rows = TestRows.Of(task, seed: 3);
        var right = task switch
        {
            PredictionTasks.Multiclass => [.. Enumerable.Range(0, rows.Count).SelectMany(r => Enumerable.Range(0, rows.Outputs).Select(c => rows.Labels[r] == c ? 1.0 : 0.0))],
            _ => rows.Labels.ToArray(),
        };
        var perfect = rows.WithScores(right);
        Assert.All(MetricCatalogue.For(task), metric =>
        {
            double model = metric.Measure(rows).Value!.Value, best = metric.Measure(perfect).Value!.Value;
            Assert.False(metric.IsBetter(model, best) ?? false, $"{metric}: {model} is called better than {best}");
        });
    }

    [Fact]
    public void TwoMetricsOfOneName_AreRefused()
    {
        var one = MetricCatalogue.All["rmse"];
        Assert.Contains("rmse", Assert.Throws<InvalidOperationException>(() => MetricCatalogue.Collect([one, one])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recall", "recall")]
    [InlineData(" recall( 0.5 ) ", "recall")]
    [InlineData("recall(30%)", "recall(0.3)")]
    [InlineData("f_beta(0.5, 0.2)", "f_beta(0.5, 0.2)")]
    [InlineData("ndcg(5)", "ndcg(5)")]
    [InlineData("cost(1,10)", "cost(1, 10)")]
    public void AMetric_IsReadAsWritten(string text, string name)
    {
        Assert.True(MetricCatalogue.TryFind(text, out var metric, out var refusal), refusal);
        Assert.Equal(name, metric!.Name);
        Assert.True(MetricCatalogue.TryFind(metric.Name, out var again, out _));
        Assert.Equal(name, again!.Name);
    }

    [Theory]
    [InlineData("recal", "no metric")]
    [InlineData("recall(2)", "threshold")]
    [InlineData("recall(0.5", "not closed")]
    [InlineData("recall(x)", "not a number")]
    [InlineData("recall(NaN)", "not a number")]
    [InlineData("ndcg(2.5)", "whole")]
    [InlineData("ndcg(0)", "k is")]
    [InlineData("roc_auc(1)", "no parameter")]
    [InlineData("cost", "needs cost_fp")]
    [InlineData("pinball_loss(1)", "between")]
    [InlineData("f1(0.1, 0.2)", "takes")]
    public void WhatIsNoMetric_IsRefusedWithTheReason(string text, string reason)
    {
        Assert.False(MetricCatalogue.TryFind(text, out _, out var refusal));
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void BinaryMetrics_AreTheSameBits_OnDrawnRows_AsTheFunctionsOnCopies()
    {
        var rows = TestRows.Binary(11);
        var numbers = new Oracles.SeededNumbers(12);
        for (var round = 0; round < 20; round++)
        {
            int[] drawn = [.. Enumerable.Range(0, 300).Select(_ => (int)(numbers.Uniform() * rows.Count))];
            double[] scores = [.. drawn.Select(d => rows.Scores[d])];
            bool[] labels = [.. drawn.Select(d => rows.Labels[d] == 1)];
            var counts = BinaryMetrics.ConfusionAt(scores, labels, 0.5)!.Value;
            Same("roc_auc", BinaryMetrics.RocAuc(scores, labels));
            Same("average_precision", BinaryMetrics.AveragePrecision(scores, labels));
            Same("brier_score", BinaryMetrics.Brier(scores, labels));
            Same("log_loss", BinaryMetrics.LogLoss(scores, labels));
            Same("expected_calibration_error", CalibrationError.EqualWidth(scores, labels));
            Same("calibration_error_equal_mass", CalibrationError.EqualFrequency(scores, labels));
            Same("f1", counts.F1);
            Same("matthews_correlation", counts.MatthewsCorrelation);
            void Same(string name, MetricValue expected) => Assert.Equal(expected, MetricCatalogue.Named(name).Measure(rows, drawn));
        }
    }
}

using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Evaluation.Thresholds;
using Flyball.Engine.Tests.Evaluation.Metrics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation.Thresholds;

public sealed class CostThresholdTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 10)]
    [InlineData(20, 1)]
    [InlineData(0, 5)]
    public void TheThreshold_CostsAsLittleAsTheBestOfAll(double falsePositive, double falseNegative)
    {
        var (scores, labels) = TestRows.BinaryParts(61);
        var found = CostThreshold.Least(ScoredRows.Binary(scores, labels), RowCosts.Of(falsePositive, falseNegative), null, out _)!;
        var all = scores.Distinct().Append(2).ToDictionary(t => t, Cost);
        Assert.Equal(all.Values.Min(), Cost(found.Threshold), 1e-9);
        Assert.Equal(all.Values.Min() / scores.Length, found.Figure, 1e-12);
        Assert.Equal(all.Where(a => Math.Abs(a.Value - all.Values.Min()) < 1e-9).Max(a => a.Key), found.Threshold > 1 ? 2 : found.Threshold);
        Assert.Equal(found.Figure * scores.Length, (found.Counts.FalsePositives * falsePositive) + (found.Counts.FalseNegatives * falseNegative), 1e-9);

        double Cost(double t) => scores.Zip(labels).Sum(r => r.First >= t && !r.Second ? falsePositive : r.First < t && r.Second ? falseNegative : 0);
    }

    [Fact]
    public void CalibratedScores_GiveTheTextbookThreshold_WithinItsBounds()
    {
        var numbers = new SeededNumbers(62);
        double[] scores = [.. Enumerable.Range(0, 4000).Select(_ => Math.Round(numbers.Uniform(), 3))];
        var rows = ScoredRows.Binary(scores, [.. scores.Select(s => numbers.Chance(s))]);
        var found = CostThreshold.Least(rows, RowCosts.Of(1, 4), new IntervalOptions { Replicates = 200 }, out _)!;
        Assert.Equal(0.2, found.Threshold, 0.06);
        Assert.True(found.ThresholdBounds!.Value.Contains(found.Threshold) && found.ThresholdBounds.Value.Contains(0.2), $"{found}");
        Assert.True(found.FigureBounds!.Value.Contains(found.Figure));
        Assert.Equal(found, CostThreshold.Least(rows, RowCosts.Of(1, 4), new IntervalOptions { Replicates = 200 }, out _));
    }

    [Fact]
    public void CostsOfEachRow_Decide()
    {
        // The same scores: the dear miss is worth two false alarms, the cheap one is not.
        double[] scores = [0.9, 0.5, 0.5, 0.5, 0.1];
        bool[] labels = [true, false, false, true, false];
        var rows = ScoredRows.Binary(scores, labels);
        Assert.Equal(0.5, CostThreshold.Least(rows, RowCosts.Of([1], [1, 1, 1, 5, 1]), null, out _)!.Threshold);
        Assert.Equal(0.9, CostThreshold.Least(rows, RowCosts.Of([1], [5, 1, 1, 1, 1]), null, out _)!.Threshold);
        Assert.Null(CostThreshold.Least(rows, RowCosts.Of([1, 2], [1]), null, out var reason));
        Assert.Contains("as many costs as rows", reason, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RowCosts.Of(-1, 1));
        Assert.Throws<ArgumentException>(() => RowCosts.Of(1, double.NaN));
    }

    [Fact]
    public void AConstraint_IsMetByTheBestThreshold_OrByNone()
    {
        var (scores, labels) = TestRows.BinaryParts(63);
        var rows = ScoredRows.Binary(scores, labels);
        var found = CostThreshold.ForPrecision(rows, 0.6, out _)!;
        Assert.True(found.Counts.Precision.Value >= 0.6);
        Assert.Equal(TestRows.Value(rows, "recall_at_precision(0.6)"), found.Figure);
        Assert.Equal(found.Figure, found.Counts.Recall.Value);
        var recall = CostThreshold.ForRecall(rows, 0.8, out _)!;
        Assert.True(recall.Counts.Recall.Value >= 0.8);
        Assert.Equal(TestRows.Value(rows, "precision_at_recall(0.8)"), recall.Counts.Precision.Value);
        Assert.Null(CostThreshold.ForPrecision(ScoredRows.Binary([0.9, 0.5], [false, true]), 0.9, out var none));
        Assert.Contains("no threshold", none, StringComparison.Ordinal);
        Assert.Null(CostThreshold.Least(TestRows.Numeric(1), RowCosts.Of(1, 1), null, out var task));
        Assert.Contains("regression has no threshold", task, StringComparison.Ordinal);
    }
}

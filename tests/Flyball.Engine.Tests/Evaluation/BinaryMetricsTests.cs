using FsCheck.Fluent;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Tests.Oracles;
using Flyball.Engine.Tests.Statistics;

namespace Flyball.Engine.Tests.Evaluation;

public sealed class BinaryMetricsTests
{
    public static TheoryData<string> AllMetrics => [.. Metrics.Keys];

    private static readonly Dictionary<string, BinaryMetric> Metrics = new(StringComparer.Ordinal)
    {
        ["auc"] = BinaryMetrics.RocAuc,
        ["ap"] = BinaryMetrics.AveragePrecision,
        ["brier"] = BinaryMetrics.Brier,
        ["logloss"] = BinaryMetrics.LogLoss,
        ["ece"] = (s, l) => CalibrationError.EqualWidth(s, l),
        ["mce"] = (s, l) => CalibrationError.MaximumEqualWidth(s, l),
        ["ecef"] = (s, l) => CalibrationError.EqualFrequency(s, l),
        ["f1"] = (s, l) => BinaryMetrics.ConfusionAt(s, l, 0.5)?.F1 ?? MetricValue.None("no table"),
    };

    [Fact]
    public void FourRows_ByHand()
    {
        double[] scores = [0.1, 0.4, 0.35, 0.8];
        bool[] labels = [false, false, true, true];
        Assert.Equal(0.75, BinaryMetrics.RocAuc(scores, labels).Value);
        Assert.Equal((1 + (2.0 / 3)) / 2, BinaryMetrics.AveragePrecision(scores, labels).Value!.Value, 12);
        Assert.Equal((0.01 + 0.16 + 0.4225 + 0.04) / 4, BinaryMetrics.Brier(scores, labels).Value!.Value, 12);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.6) + Math.Log(0.35) + Math.Log(0.8)) / 4, BinaryMetrics.LogLoss(scores, labels).Value!.Value, 12);
        Assert.Equal(new Confusion(1, 0, 1, 2), BinaryMetrics.ConfusionAt(scores, labels, 0.5));
        Assert.Equal(new Confusion(2, 1, 0, 1), BinaryMetrics.ConfusionAt(scores, labels, 0.35));
    }

    [Fact]
    public void TiedScores_CountOneHalf_InAnyOrderOfRows()
    {
        Assert.Equal(0.5, BinaryMetrics.RocAuc([1, 1, 1, 1], [true, false, false, true]).Value);
        Assert.Equal(0.25, BinaryMetrics.AveragePrecision([1, 1, 1, 1], [false, true, false, false]).Value);
        Assert.Equal(BinaryMetrics.RocAuc([1, 1, 2], [true, false, true]), BinaryMetrics.RocAuc([1, 1, 2], [false, true, true]));
    }

    [Fact]
    public void CalibrationError_ByHand_AndAtTheBorderOfABin()
    {
        // 0.1 closes the first bin: mean score 0.1 against mean label 1/2.
        Assert.Equal(0.4, CalibrationError.EqualWidth([0.1, 0.1], [true, false]).Value!.Value, 12);
        Assert.Equal(0, CalibrationError.EqualWidth([0, 1], [false, true]).Value);

        // Two parts hold rows 1-2 and 3-4, three parts rows 1-2, 3 and 4.
        double[] scores = [0.25, 0.75, 0.75, 0.75];
        bool[] labels = [false, true, true, true];
        Assert.Equal(0.25, CalibrationError.EqualWidth(scores, labels).Value!.Value, 12);
        Assert.Equal(0.25, CalibrationError.MaximumEqualWidth(scores, labels).Value!.Value, 12);
        Assert.Equal(((1 - 1.0) + (2 - 1.5)) / 4, CalibrationError.EqualFrequency(scores, labels, 2).Value!.Value, 12);
        Assert.Equal(0.125, CalibrationError.EqualFrequency(scores, labels, 3).Value!.Value, 12);
    }

    [Fact]
    public void Auc_EqualsThePairCount_AndIgnoresAMonotoneTransform() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.ArrayOf(Gen.Choose(-6, 6)).ToArbitrary(),
        Gen.Choose(0, 10_000).ToArbitrary(),
        (ranks, seed) =>
        {
            var numbers = new SeededNumbers((ulong)seed);
            bool[] labels = [.. ranks.Select(_ => numbers.Chance(0.4))];
            double[] scores = [.. ranks.Select(r => (double)r)];
            var auc = BinaryMetrics.RocAuc(scores, labels);
            if (!labels.Contains(true) || !labels.Contains(false))
            {
                return auc.Value is null;
            }

            double won = 0, pairs = 0;
            for (var i = 0; i < ranks.Length; i++)
            {
                for (var j = 0; j < ranks.Length; j++)
                {
                    if (labels[i] && !labels[j])
                    {
                        pairs++;
                        won += ranks[i] > ranks[j] ? 1 : ranks[i] == ranks[j] ? 0.5 : 0;
                    }
                }
            }

            double[] transformed = [.. scores.Select(s => Math.Exp(s / 3))];
            return Math.Abs(auc.Value!.Value - (won / pairs)) < 1e-12
                && BinaryMetrics.RocAuc(transformed, labels) == auc
                && BinaryMetrics.AveragePrecision(transformed, labels) == BinaryMetrics.AveragePrecision(scores, labels);
        }));

    [Theory]
    [MemberData(nameof(AllMetrics))]
    public void NoRows_OrANaN_IsInsufficient_NeverANumber(string name)
    {
        foreach (var scores in new double[][] { [], [double.NaN, 0.5], [double.PositiveInfinity, 0.5] })
        {
            var value = Metrics[name](scores, scores.Length == 0 ? [] : [true, false]);
            Assert.Null(value.Value);
            Assert.False(string.IsNullOrEmpty(value.Insufficient));
        }

        Assert.Throws<ArgumentException>(() => Metrics[name]([0.5], [true, false]));
    }

    [Fact]
    public void OneClass_CannotBeRanked()
    {
        Assert.Equal("no positives", BinaryMetrics.RocAuc([0.1, 0.2], [false, false]).Insufficient);
        Assert.Equal("no negatives", BinaryMetrics.AveragePrecision([0.1, 0.2], [true, true]).Insufficient);
        Assert.Equal("no positives", new Confusion(0, 1, 0, 4).Recall.Insufficient);
        Assert.NotNull(new Confusion(0, 0, 0, 4).Precision.Insufficient);
        Assert.NotNull(default(Confusion).Accuracy.Insufficient);
    }

    [Fact]
    public void AScoreThatIsNoProbability_IsRefusedByProbabilityMetrics_AndRankedByTheOthers()
    {
        Assert.NotNull(BinaryMetrics.Brier([1.5, 0], [true, false]).Insufficient);
        Assert.NotNull(BinaryMetrics.LogLoss([-0.1, 0], [true, false]).Insufficient);
        Assert.Equal(1, BinaryMetrics.RocAuc([7, -3], [true, false]).Value);
    }

    [Fact]
    public void ASureMistake_HasAFiniteLogLoss() =>
        Assert.Equal(-Math.Log(1e-15), BinaryMetrics.LogLoss([0.0], [true]).Value!.Value, 9);

    [Fact]
    public void MetricValue_IsANumberOrAReason()
    {
        Assert.Throws<ArgumentException>(() => MetricValue.Of(double.NaN));
        Assert.Throws<ArgumentException>(() => new MetricValue(null, null));
        Assert.Throws<ArgumentException>(() => new MetricValue(1, "why"));
        BinTests.RoundTrip(MetricValue.Of(0.5));
        BinTests.RoundTrip(MetricValue.None("no rows"));
    }
}

using Flyball.Engine.Evaluation;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void TheSameSeed_GivesTheSameBound_AndAnotherSeedAnother()
    {
        var (champion, candidate, labels) = Rows(new SeededNumbers(1), 500, 0.5);
        var options = new BootstrapOptions { Replicates = 200, Seed = 5 };
        var first = PairedBootstrap.Compare(champion, candidate, labels, BinaryMetrics.RocAuc, options);
        Assert.Equal(first, PairedBootstrap.Compare(champion, candidate, labels, BinaryMetrics.RocAuc, options));
        Assert.NotEqual(
            first.LowerBound,
            PairedBootstrap.Compare(champion, candidate, labels, BinaryMetrics.RocAuc, options with { Seed = 6 }).LowerBound);
    }

    [Fact]
    public void TheBound_IsAFixedNumber_OnEveryRuntime()
    {
        // Accuracy on ten rows moves in tenths, so the bound is decided by the draws alone.
        double[] champion = [1, 1, 1, 0, 0, 0, 1, 0, 1, 0], candidate = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1];
        bool[] labels = [true, true, true, true, false, false, false, false, true, false];
        var bound = PairedBootstrap.Compare(champion, candidate, labels, Accuracy, new BootstrapOptions { Seed = 42 });
        Assert.Equal(0.1, bound.Difference.Value!.Value, 12);
        Assert.Equal((-0.2, 0.4), (Math.Round(bound.LowerBound.Value!.Value, 12), Math.Round(bound.UpperBound.Value!.Value, 12)));
        Assert.True(bound.Stratified);
    }

    [Fact]
    public void TheDraws_AreThoseRecorded()
    {
        // Row numbers of the first replicate, computed from the published definitions of SplitMix64, xoshiro256** and Lemire's bound.
        var drawn = new List<double>();
        double[] rows = [.. Enumerable.Range(0, 8).Select(i => i / 8.0)];
        bool[] labels = [true, false, true, false, true, false, true, false];
        MetricValue Record(ReadOnlySpan<double> scores, ReadOnlySpan<bool> _)
        {
            drawn.AddRange(scores);
            return MetricValue.Of(0);
        }

        PairedBootstrap.Compare(rows, rows, labels, Record, new BootstrapOptions { Seed = 7, Replicates = 19, StratifyBelow = 0 });
        Assert.Equal("52677600", string.Concat(drawn.Skip(16).Take(8).Select(d => (int)(d * 8))));
    }

    [Fact]
    public void AModelAgainstItself_DiffersByNothing()
    {
        var (champion, _, labels) = Rows(new SeededNumbers(2), 300, 0.3);
        var self = PairedBootstrap.Compare(champion, champion, labels, BinaryMetrics.AveragePrecision, new BootstrapOptions { Replicates = 100 });
        Assert.Equal((0.0, 0.0, 0.0), (self.Difference.Value, self.LowerBound.Value, self.UpperBound.Value));
    }

    [Fact]
    public void AWorseCandidate_FailsAGate_AndABetterOneShowsIt()
    {
        var (champion, candidate, labels) = Rows(new SeededNumbers(3), 2000, 0.5, noise: 2);
        var options = new BootstrapOptions { Replicates = 300 };
        var worse = PairedBootstrap.Compare(champion, candidate, labels, BinaryMetrics.RocAuc, options);
        Assert.True(worse.LowerBound.Value < -0.005 && worse.UpperBound.Value < 0);
        var better = PairedBootstrap.Compare(candidate, champion, labels, BinaryMetrics.RocAuc, options);
        Assert.True(better.LowerBound.Value > 0);
        Assert.False(better.Stratified);
    }

    [Fact]
    public void TheLowerBound_ExceedsTheTruth_AtAboutItsLevel()
    {
        // Two equally good models: the truth is 0, and the bound may exceed it in 5 % of the samples.
        var numbers = new SeededNumbers(4);
        var above = 0;
        for (var i = 0; i < 200; i++)
        {
            var (champion, candidate, labels) = Rows(numbers, 300, 0.4);
            above += PairedBootstrap
                .Compare(champion, candidate, labels, BinaryMetrics.Brier, new BootstrapOptions { Replicates = 199, Seed = (ulong)i })
                .LowerBound.Value > 0 ? 1 : 0;
        }

        Assert.InRange(above, 1, 10 + 10);
    }

    [Fact]
    public void FewPositives_AreDrawnApart_SoThatNoReplicateLosesThem()
    {
        var (champion, candidate, labels) = Rows(new SeededNumbers(5), 400, 0.0);
        labels[3] = labels[200] = true;
        var apart = PairedBootstrap.Compare(champion, candidate, labels, BinaryMetrics.RocAuc, new BootstrapOptions { Replicates = 100 });
        Assert.True(apart.Stratified);
        Assert.NotNull(apart.LowerBound.Value);
        var together = PairedBootstrap.Compare(
            champion, candidate, labels, BinaryMetrics.RocAuc, new BootstrapOptions { Replicates = 100, StratifyBelow = 0 });
        Assert.NotNull(together.Difference.Value);
        Assert.Contains("replicates", together.LowerBound.Insufficient, StringComparison.Ordinal);
    }

    [Fact]
    public void AMetricThatIsUndefined_IsInsufficient()
    {
        var none = PairedBootstrap.Compare([0.1, 0.2], [0.3, 0.4], [true, true], BinaryMetrics.RocAuc);
        Assert.Equal("no negatives", none.LowerBound.Insufficient);
        Assert.Null(none.Difference.Value);
    }

    [Fact]
    public void DifferentRows_OrTooFewReplicates_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare([0.1], [0.3, 0.4], [true, false], BinaryMetrics.RocAuc));
        Assert.Throws<ArgumentException>(() =>
            PairedBootstrap.Compare([0.1, 0.2], [0.3, 0.4], [true, false], BinaryMetrics.RocAuc, new BootstrapOptions { Replicates = 10 }));
    }

    private static MetricValue Accuracy(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) =>
        BinaryMetrics.ConfusionAt(scores, labels, 0.5)!.Value.Accuracy;

    /// <summary>Two noisy views of the same truth; the candidate is noisier by the factor given.</summary>
    private static (double[] Champion, double[] Candidate, bool[] Labels) Rows(
        SeededNumbers numbers, int rows, double rate, double noise = 1)
    {
        double[] champion = new double[rows], candidate = new double[rows];
        var labels = new bool[rows];
        for (var i = 0; i < rows; i++)
        {
            labels[i] = numbers.Chance(rate);
            champion[i] = Squash((labels[i] ? 1 : -1) + numbers.Normal());
            candidate[i] = Squash((labels[i] ? 1 : -1) + (noise * numbers.Normal()));
        }

        return (champion, candidate, labels);
    }

    private static double Squash(double x) => 1 / (1 + Math.Exp(-x));
}

using System.Text.Json;
using Flyball.Engine.Sequential;
using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Sequential;

public sealed class ConfidenceSequenceTests
{
    [Fact]
    public void Looks_EqualTheOracle()
    {
        var oracle = Oracle.Case("sequential");
        var start = ConfidenceSequence.Start(0.05, BurnIn.Proportions);
        oracle.Equal("rho_two_sided", start.Rho);
        oracle.Equal("rho_one_sided", start.OneSidedRho);
        foreach (var c in oracle.Expected.GetProperty("asymptotic_cs").EnumerateArray())
        {
            var sequence = start.Add(Arm(c.GetProperty("control")), Arm(c.GetProperty("canary")));
            var look = sequence.Look();
            Assert.True(look.Ready);
            oracle.Near(c.GetProperty("difference"), look.Difference);
            oracle.Near(c.GetProperty("se2"), look.StandardErrorSquared);
            oracle.Near(c.GetProperty("halfwidth_two_sided"), look.HalfWidth!.Value);
            oracle.Near(c.GetProperty("halfwidth_one_sided"), look.OneSidedHalfWidth!.Value);
            oracle.Near(c.GetProperty("e_value"), look.EValue!.Value);
            oracle.Near(c.GetProperty("p_always_valid"), sequence.PValue);
        }
    }

    [Fact]
    public void TheIntervalExcludesZero_ExactlyWhereTheEValueReachesOneOverAlpha()
    {
        // The same mixture read two ways: |d| > halfwidth iff e > 1/alpha.
        foreach (var (events, excludes) in new[] { (70L, false), (72L, false), (90L, true), (100L, true) })
        {
            var look = ConfidenceSequence.Start(0.05, BurnIn.Proportions)
                .Add(Moments.OfBernoulli(450, 9000), Moments.OfBernoulli(events, 1000))
                .Look();
            Assert.Equal(excludes, look.Difference > look.HalfWidth);
            Assert.Equal(excludes, look.EValue > 20);
        }
    }

    [Fact]
    public void BeforeTheBurnIn_NothingIsDecided()
    {
        var early = ConfidenceSequence.Start(0.05, BurnIn.Proportions).Add(Moments.OfBernoulli(20, 1000), Moments.OfBernoulli(9, 20));
        Assert.False(early.Look().Ready);
        Assert.Equal(1, early.PValue);
        Assert.Equal(SequentialDecision.Continue, early.Decide(higherIsWorse: true, margin: 1));
        Assert.Equal(SequentialDecision.Inconclusive, early.Decide(higherIsWorse: true, margin: 1, deadlinePassed: true));

        // One more event ends it.
        Assert.True(early.Add(default, Moments.OfBernoulli(1, 1)).Look().Ready);
    }

    [Theory]
    [InlineData(10, 20, true)]
    [InlineData(9, 40, false)]
    [InlineData(31, 40, false)]
    [InlineData(30, 40, true)]
    public void EachArm_NeedsTenEventsAndTenNonEvents(long events, long rows, bool ready)
    {
        var (large, small) = (Moments.OfBernoulli(100, 1000), Moments.OfBernoulli(events, rows));
        var start = ConfidenceSequence.Start(0.05, BurnIn.Proportions);
        Assert.Equal(ready, start.Add(large, small).Look().Ready);
        Assert.Equal(ready, start.Add(small, large).Look().Ready);
    }

    [Fact]
    public void Means_NeedAHundredRowsWithSpread()
    {
        var flat = ConfidenceSequence.Start(0.05, BurnIn.Means).Add(Moments.OfBernoulli(0, 500), Moments.OfBernoulli(0, 500));
        Assert.False(flat.Look().Ready);
        var numbers = new SeededNumbers(1);
        var spread = flat with { Control = Moments.Of(numbers.Normals(100)), Canary = Moments.Of(numbers.Normals(99)) };
        Assert.False(spread.Look().Ready);
        Assert.True(spread.Add(default, Moments.Of(numbers.Normals(1))).Look().Ready);
    }

    [Fact]
    public void Harm_RollsBack_InItsDirectionOnly()
    {
        var worse = ConfidenceSequence.Start(0.05, BurnIn.Proportions).Add(Moments.OfBernoulli(450, 9000), Moments.OfBernoulli(120, 1000));
        Assert.Equal(SequentialDecision.Rollback, worse.Decide(higherIsWorse: true, margin: 0.01));
        Assert.Equal(SequentialDecision.PromoteOk, worse.Decide(higherIsWorse: false, margin: 0.01));
        var same = ConfidenceSequence.Start(0.05, BurnIn.Proportions).Add(Moments.OfBernoulli(450, 9000), Moments.OfBernoulli(50, 1000));
        Assert.Equal(SequentialDecision.Continue, same.Decide(higherIsWorse: true, margin: 0.01));
        Assert.Equal(SequentialDecision.PromoteOk, same.Decide(higherIsWorse: true, margin: 0.05));
    }

    [Fact]
    public void WithoutADifference_PeekingKeepsTheLevel_WhereANaiveTestDoesNot()
    {
        var numbers = new SeededNumbers(21);
        int alarms = 0, naive = 0;
        for (var run = 0; run < 200; run++)
        {
            var sequence = ConfidenceSequence.Start(0.05, BurnIn.Proportions);
            var fooled = false;
            for (var look = 0; look < 60; look++)
            {
                int canary = 0, canaryEvents = 0, controlEvents = 0;
                for (var i = 0; i < 200; i++)
                {
                    var isCanary = numbers.Chance(0.05);
                    var isEvent = numbers.Chance(0.2);
                    canary += isCanary ? 1 : 0;
                    canaryEvents += isCanary && isEvent ? 1 : 0;
                    controlEvents += !isCanary && isEvent ? 1 : 0;
                }

                sequence = sequence.Add(Moments.OfBernoulli(controlEvents, 200 - canary), Moments.OfBernoulli(canaryEvents, canary));
                var at = sequence.Look();
                fooled |= Math.Abs(at.Difference) > 1.96 * Math.Sqrt(at.StandardErrorSquared);
            }

            alarms += sequence.PValue < 0.05 ? 1 : 0;
            naive += fooled ? 1 : 0;
        }

        Assert.True(alarms <= 10 + 9, $"{alarms} of 200");
        Assert.True(naive > 40, $"{naive} of 200");
    }

    [Fact]
    public void State_SurvivesJson()
    {
        var sequence = ConfidenceSequence.Start(0.05, BurnIn.Proportions).Add(Moments.OfBernoulli(45, 900), Moments.OfBernoulli(20, 100));
        Assert.Equal(sequence, JsonSerializer.Deserialize<ConfidenceSequence>(JsonSerializer.Serialize(sequence)));
    }

    [Fact]
    public void ALevelOutOfRange_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ConfidenceSequence.Start(0, BurnIn.Means));

    private static Moments Arm(JsonElement pair) => Moments.OfBernoulli(pair[0].GetInt64(), pair[1].GetInt64());
}

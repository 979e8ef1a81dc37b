using System.Text.Json;
using Flyball.Engine.Sequential;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Sequential;

public sealed class MultinomialTestTests
{
    [Fact]
    public void BayesFactors_EqualTheOracle()
    {
        var oracle = Oracle.Case("sequential");
        foreach (var c in oracle.Expected.GetProperty("sequential_multinomial").EnumerateArray())
        {
            var test = MultinomialTest
                .Start(Oracle.Doubles(c.GetProperty("weights")), c.GetProperty("k").GetDouble())
                .Add(Oracle.Longs(c.GetProperty("counts")));
            oracle.Near(c.GetProperty("ln_b"), test.LogBayesFactor);
            oracle.Near(c.GetProperty("p"), test.PValue);
        }
    }

    [Fact]
    public void OneLookSampleRatio_EqualsTheOracle()
    {
        var oracle = Oracle.Case("sequential");
        foreach (var c in oracle.Expected.GetProperty("srm_chi2").EnumerateArray())
        {
            var (statistic, p) = SampleRatio.Test(Oracle.Longs(c.GetProperty("counts")), Oracle.Doubles(c.GetProperty("weights")));
            oracle.Near(c.GetProperty("chi2"), statistic);
            oracle.Near(c.GetProperty("p"), p);
        }
    }

    [Fact]
    public void SampleRatio_CountsOnlyArmsThatGetTraffic()
    {
        Assert.Equal((16.0, SampleRatio.Test([5200, 4800], [0.5, 0.5]).PValue), SampleRatio.Test([5200, 4800, 0], [0.5, 0.5, 0]));
        Assert.Equal(0, SampleRatio.Test([10, 10, 1], [0.5, 0.5, 0]).PValue);
        Assert.Equal((0.0, 1.0), SampleRatio.Test([0, 0], [0.5, 0.5]));
    }

    [Fact]
    public void OneEventInEvenArms_SaysNothing_AndTwoOnOneSideSayFourThirds()
    {
        // Beta(1,1) prior: B after heads is (1/2)/(1/2) = 1, after two heads (1/3)/(1/4).
        var test = MultinomialTest.Start([0.5, 0.5], 2).Observe(0);
        Assert.Equal(0, test.LogBayesFactor, 12);
        Assert.Equal(Math.Log(4.0 / 3), test.Observe(0).LogBayesFactor, 12);
    }

    [Fact]
    public void PValue_NeverRises()
    {
        var test = MultinomialTest.Start([0.5, 0.5], 2).Add([60, 20]);
        var after = test.Add([0, 40]);
        Assert.Equal(test.PValue, after.PValue);
        Assert.True(Math.Exp(-after.LogBayesFactor) > test.PValue);
    }

    [Fact]
    public void RampSteps_Multiply_AndEachHasItsOwnShares()
    {
        var first = MultinomialTest.Start([0.95, 0.05], 10).Add([90, 12]);
        var alone = MultinomialTest.Start([0.8, 0.2], 10).Add([70, 40]);
        var ramped = first.Ramp([0.8, 0.2]).Add([70, 40]);
        Assert.Equal(first.LogBayesFactor + alone.LogBayesFactor, ramped.LogBayesFactor, 10);

        // In proportion in each step, though far from either share when thrown together.
        var fair = MultinomialTest.Start([0.95, 0.05], 10).Add([950, 50]).Ramp([0.5, 0.5]).Add([500, 500]);
        Assert.False(fair.Rejects(0.05));
        Assert.True(MultinomialTest.Start([0.95, 0.05], 10).Add([1450, 550]).Rejects(0.05));
    }

    [Fact]
    public void AnEventInAnArmWithoutTraffic_IsProof() =>
        Assert.Equal(0, MultinomialTest.Start([1, 0], 10).Add([5, 1]).PValue);

    [Fact]
    public void TheGuardrail_KeepsItsLevel_LookedAtAfterEveryEvent()
    {
        // Null: a tenth of the bad events are the canary's. The control is the same look with a naive binomial z test.
        var numbers = new SeededNumbers(11);
        int alarms = 0, naive = 0;
        for (var run = 0; run < 200; run++)
        {
            var test = MultinomialTest.Start([0.9, 0.1], 10);
            var fooled = false;
            var canary = 0;
            for (var i = 1; i <= 600; i++)
            {
                var arm = numbers.Chance(0.1) ? 1 : 0;
                canary += arm;
                test = test.Observe(arm);
                fooled |= i >= 50 && Math.Abs(canary - (0.1 * i)) > 1.96 * Math.Sqrt(i * 0.09);
            }

            alarms += test.Rejects(0.05) ? 1 : 0;
            naive += fooled ? 1 : 0;
        }

        Assert.True(alarms <= 10 + 9, $"{alarms} of 200");
        Assert.True(naive > 40, $"{naive} of 200");
    }

    [Fact]
    public void TripledErrors_AreCaughtWithinTwoThousandRequestsAtTheMedian()
    {
        var numbers = new SeededNumbers(12);
        var needed = new List<int>();
        for (var run = 0; run < 101; run++)
        {
            var test = MultinomialTest.Start([0.9, 0.1], 10);
            var requests = 0;
            while (!test.Rejects(0.05) && requests < 20_000)
            {
                requests++;
                var arm = numbers.Chance(0.1) ? 1 : 0;
                if (numbers.Chance(arm == 1 ? 0.06 : 0.02))
                {
                    test = test.Observe(arm);
                }
            }

            needed.Add(requests);
        }

        needed.Sort();
        Assert.InRange(needed[50], 500, 2000);
    }

    [Fact]
    public void RateRatio_CoversTheTruth_AndAgreesWithTheTest()
    {
        var test = MultinomialTest.Start([0.9, 0.1], 10).Add([900, 300]);
        var bounds = test.RateRatio(0.05);
        Assert.True(bounds.Contains(3));
        Assert.False(bounds.Contains(1));
        Assert.True(test.Rejects(0.05));
        Assert.InRange(bounds.Lower, 2, 2.9);
        Assert.InRange(bounds.Upper!.Value, 3.1, 4.5);

        // The ends are where the evidence reaches ln(1/alpha).
        var psi = bounds.Lower * 0.1 / ((bounds.Lower * 0.1) + 0.9);
        Assert.Equal(Math.Log(20), MultinomialTest.Start([1 - psi, psi], 10).Add([900, 300]).LogBayesFactor, 6);

        var fair = MultinomialTest.Start([0.9, 0.1], 10).Add([900, 100]).Ramp([0.5, 0.5]).Add([400, 410]);
        Assert.True(fair.RateRatio(0.05).Contains(1));
        Assert.True(fair.RateRatio(0.01).Lower < fair.RateRatio(0.05).Lower);
    }

    [Fact]
    public void RateRatio_WithoutEventsOnASide_IsOpenThere()
    {
        Assert.Equal(new RateRatio(0, null), MultinomialTest.Start([0.5, 0.5], 10).RateRatio(0.05));
        var none = MultinomialTest.Start([0.5, 0.5], 10).Add([50, 0]).RateRatio(0.05);
        Assert.Equal(0, none.Lower);
        Assert.InRange(none.Upper!.Value, 0.01, 0.5);
        Assert.Null(MultinomialTest.Start([0.5, 0.5], 10).Add([0, 50]).RateRatio(0.05).Upper);
    }

    [Fact]
    public void BadWeights_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => MultinomialTest.Start([0.5, 0.4], 10));
        Assert.Throws<ArgumentException>(() => MultinomialTest.Start([1], 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => MultinomialTest.Start([0.5, 0.5], 0));
        Assert.ThrowsAny<ArgumentException>(() => MultinomialTest.Start([0.5, 0.5], 10).Add([1, -1]));
        Assert.Throws<ArgumentException>(() => MultinomialTest.Start([0.5, 0.5], 10).Ramp([0.5, 0.3, 0.2]));
    }

    [Fact]
    public void State_SurvivesJson()
    {
        var test = MultinomialTest.Start([0.9, 0.1], 10).Add([30, 9]).Ramp([0.5, 0.5]).Add([3, 4]);
        var again = JsonSerializer.Deserialize<MultinomialTest>(JsonSerializer.Serialize(test))!;
        Assert.Equal(test.Add([1, 5]).LogBayesFactor, again.Add([1, 5]).LogBayesFactor);
        Assert.Equal(test.PValue, again.PValue);
    }
}

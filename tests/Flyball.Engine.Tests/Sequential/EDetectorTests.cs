using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Sequential;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Sequential;

public sealed class EDetectorTests
{
    [Theory]
    [InlineData(10_000, "alarms_0_based_arl_10000")]
    [InlineData(100_000, "alarms_0_based_arl_100000")]
    public void Alarms_EqualTheOracle(double runLength, string member)
    {
        var oracle = Oracle.Case("F.e_detector");
        var detector = EDetector.Start(0.1, runLength);
        var alarms = new List<long>();
        foreach (var bit in Oracle.Fixture("F").GetProperty("bits").GetString()!)
        {
            detector = detector.Observe(bit - '0');
            if (detector.IsAlarm)
            {
                alarms.Add(detector.Seen - 1);
            }
        }

        Assert.Equal(Oracle.Longs(oracle.Expected.GetProperty(member)), alarms);
        Assert.Equal(alarms.Count, detector.Alarms);
    }

    [Fact]
    public void Evidence_WithoutReset_EqualsTheOracle()
    {
        var oracle = Oracle.Case("F.e_detector");
        var expected = oracle.Expected.GetProperty("mean_e_after_n_updates_without_reset").EnumerateObject()
            .ToDictionary(e => long.Parse(e.Name, CultureInfo.InvariantCulture), e => e.Value);
        var detector = EDetector.Start(0.1, 1e300);
        var checkedValues = 0;
        foreach (var bit in Oracle.Fixture("F").GetProperty("bits").GetString()!)
        {
            detector = detector.Observe(bit - '0');
            if (expected.TryGetValue(detector.Seen, out var value))
            {
                oracle.Near(value, detector.Value);
                checkedValues++;
            }
        }

        Assert.Equal(7, checkedValues);
    }

    [Fact]
    public void AllOnes_FollowTheClosedForm()
    {
        var detector = EDetector.Start(0.1, 1e9, [1]);
        foreach (var expected in new[] { 1.9, 5.51, 12.369, 25.4011, 50.16209 })
        {
            detector = detector.Observe(1);
            Assert.Equal(expected, detector.Value, 9);
        }
    }

    [Fact]
    public void AfterAnAlarm_TheEvidenceStartsAgain()
    {
        var detector = EDetector.Start(0.1, 10, [1]).Observe(1).Observe(1).Observe(1);
        Assert.True(detector.IsAlarm);
        Assert.Equal(0, detector.Value);
        Assert.Equal(1.9, detector.Observe(1).Value, 12);
    }

    [Fact]
    public void FalseAlarms_AreNoMoreFrequentThanTheRunLengthPromises_AndARiseIsFound()
    {
        var numbers = new SeededNumbers(41);
        var detector = EDetector.Start(0.1, 1000);
        for (var i = 0; i < 100_000; i++)
        {
            detector = detector.Observe(numbers.Chance(0.1) ? 1 : 0);
        }

        // At most 100 on average, and three standard errors of a Poisson count.
        Assert.InRange(detector.Alarms, 1, 130);
        var before = detector.Alarms;
        for (var i = 0; i < 1000; i++)
        {
            detector = detector.Observe(numbers.Chance(0.3) ? 1 : 0);
        }

        Assert.True(detector.Alarms > before + 5);
    }

    [Fact]
    public void BetsTooLargeForTheReference_AreLeftOutOrRefused()
    {
        Assert.Equal([0.25, 0.5, 1.0], EDetector.Start(0.5, 1000).Bets);
        Assert.Throws<ArgumentException>(() => EDetector.Start(0.5, 1000, [2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => EDetector.Start(0, 1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => EDetector.Start(0.1, 1000).Observe(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => EDetector.Start(0.1, 1000).Observe(double.NaN));
    }

    [Fact]
    public void State_SurvivesJson()
    {
        var detector = EDetector.Start(0.1, 1000).Observe(1).Observe(0);
        var again = JsonSerializer.Deserialize<EDetector>(JsonSerializer.Serialize(detector))!;
        Assert.Equal(detector.Observe(1).Value, again.Observe(1).Value);
        Assert.Equal(2, again.Seen);
    }
}

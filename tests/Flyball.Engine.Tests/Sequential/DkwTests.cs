using System.Text.Json;
using Flyball.Engine.Sequential;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Sequential;

public sealed class DkwTests
{
    private static readonly double[] Edges = [-2, -1, -0.5, 0, 0.5, 1, 2];

    [Fact]
    public void Radius_EqualsTheOracle()
    {
        var oracle = Oracle.Case("sequential");
        foreach (var c in oracle.Expected.GetProperty("dkw_radius").EnumerateArray())
        {
            oracle.Near(c.GetProperty("g"), DkwBand.Radius(c.GetProperty("t").GetInt64(), c.GetProperty("alpha").GetDouble()));
        }
    }

    [Fact]
    public void Radius_OfLittleData_IsOne_AndItShrinks()
    {
        Assert.Equal(1, DkwBand.Radius(0, 0.05));
        Assert.Equal(1, DkwBand.Radius(1, 0.05));
        Assert.Equal(0.2691758223, DkwBand.Radius(100, 0.05), 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => DkwBand.Radius(10, 0));
    }

    [Fact]
    public void QuantileBounds_HoldTheMedian_AndAreOpenWhereTheSampleEnds()
    {
        var sorted = Enumerable.Range(0, 10_000).Select(i => (double)i).ToArray();
        var (lower, upper) = DkwBand.QuantileBounds(sorted, 0.5, 0.05);
        var radius = DkwBand.Radius(10_000, 0.05) * 10_000;
        Assert.Equal(5000 - radius, lower!.Value, 1.5);
        Assert.Equal(5000 + radius, upper!.Value, 1.5);
        Assert.Equal((null, null), DkwBand.QuantileBounds([1, 2, 3], 0.5, 0.05));
        Assert.Null(DkwBand.QuantileBounds(sorted, 0.999, 0.05).Upper);
    }

    [Fact]
    public void AShiftedCanary_IsSlower_AndEqualArmsAreNot()
    {
        var numbers = new SeededNumbers(31);
        var same = Fill(numbers, 4000, 0);
        Assert.False(same.Differs(0.05));
        var slower = Fill(numbers, 4000, 0.6);
        Assert.True(slower.CanaryIsSlower(0.05));
        var faster = Fill(numbers, 4000, -0.6);
        Assert.True(faster.Differs(0.05));
        Assert.False(faster.CanaryIsSlower(0.05));
    }

    [Fact]
    public void AnArmWithoutValues_DecidesNothing()
    {
        var empty = DkwComparison.Start(Edges);
        Assert.Null(empty.Gap());
        Assert.False(empty.Add([100_000, 0, 0, 0, 0, 0, 0, 0], new long[8]).Differs(0.05));
    }

    [Fact]
    public void Buckets_OpenAtTheirEdge()
    {
        var comparison = DkwComparison.Start([1, 2]);
        Assert.Equal([0, 1, 1, 2], new[] { 0.5, 1, 1.5, 2 }.Select(comparison.BucketOf));
        Assert.Throws<ArgumentException>(() => DkwComparison.Start([2, 1]));
        Assert.Throws<ArgumentException>(() => comparison.Add([1, 2], [1, 2, 3]));
    }

    [Fact]
    public void State_SurvivesJson()
    {
        var comparison = Fill(new SeededNumbers(2), 100, 1);
        var again = JsonSerializer.Deserialize<DkwComparison>(JsonSerializer.Serialize(comparison))!;
        Assert.Equal(comparison.Gap(), again.Gap());
        Assert.Equal(comparison.Limit(0.1), again.Limit(0.1));
    }

    private static DkwComparison Fill(SeededNumbers numbers, int rows, double shift)
    {
        var comparison = DkwComparison.Start(Edges);
        long[] control = new long[8], canary = new long[8];
        for (var i = 0; i < rows; i++)
        {
            control[comparison.BucketOf(numbers.Normal())]++;
            canary[comparison.BucketOf(numbers.Normal() + shift)]++;
        }

        return comparison.Add(control, canary);
    }
}

using System.Text.Json;
using FsCheck.Fluent;
using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Statistics;

public sealed class BinTests
{
    private static readonly double[] Odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.MaxValue, double.MinValue];

    [Fact]
    public void FewDistinctValues_GetABinEach_AndANewValueIsUnseen()
    {
        var bins = QuantileBins.Fit([3, 1, 1, 2, double.NaN]);
        Assert.Equal([1.0, 2, 3], bins.Values);
        var counts = bins.CountValues([1, 1, 3, 4, double.NaN, double.PositiveInfinity], missing: 2);
        Assert.Equal(new BinCounts([2, 0, 1], Missing: 2, NotANumber: 1, PositiveInfinity: 1, Unseen: 1), counts);
        Assert.Equal(8, counts.Rows);
        Assert.Equal(4, counts.Present);
    }

    [Fact]
    public void TwentyOneDistinctValues_GetQuantileBins()
    {
        Assert.Equal(20, QuantileBins.Fit([.. Enumerable.Range(0, 20).Select(i => (double)i)]).Values.Length);
        Assert.Equal(9, QuantileBins.Fit([.. Enumerable.Range(0, 21).Select(i => (double)i)]).Edges.Length);
    }

    [Fact]
    public void EqualQuantiles_AreMergedToOneEdge()
    {
        double[] spike = [.. Enumerable.Repeat(0.0, 80), .. Enumerable.Range(1, 40).Select(i => (double)i)];
        var bins = QuantileBins.Fit(spike);
        Assert.Equal(bins.Edges, bins.Edges.Distinct());
        Assert.True(bins.Edges.Length < 9);
        Assert.Equal(spike.Length, bins.CountValues(spike).Present);
    }

    [Fact]
    public void AnEdge_BelongsToTheBinItOpens()
    {
        var bins = new QuantileBins([1, 2], []);
        Assert.Equal([1L, 2, 1], bins.CountValues([0.5, 1, 1.5, 2]).Bins);
        Assert.Equal(1, bins.IndexOf(1));
        Assert.Null(bins.IndexOf(double.NaN));
    }

    [Theory]
    [InlineData(new double[] { 1, 1 }, new double[] { })]
    [InlineData(new[] { 2, double.NaN }, new double[] { })]
    [InlineData(new double[] { 1 }, new double[] { 1 })]
    public void BadEdges_AreRefused(double[] edges, double[] values) =>
        Assert.Throws<ArgumentException>(() => new QuantileBins([.. edges], [.. values]));

    [Fact]
    public void VectorCounting_EqualsLookingUpEachValue() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.ArrayOf(Value()).ToArbitrary(),
        values => Naive(new QuantileBins([-1, 0, 0.5, 3], []), values) && Naive(new QuantileBins([], [-1, 0, 0.5, 3]), values)));

    [Fact]
    public void CountsOfParts_MergeToTheCountsOfTheWhole() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.ArrayOf(Value()).ToArbitrary(),
        Gen.ArrayOf(Value()).ToArbitrary(),
        (left, right) =>
        {
            foreach (var bins in new[] { new QuantileBins([-1, 0, 2], []), new QuantileBins([], [-1, 0, 2]) })
            {
                double[] whole = [.. left, .. right];
                var merged = bins.CountValues(left, 1).Merge(bins.CountValues(right, 2));
                if (!merged.Equals(bins.CountValues(whole, 3)) || merged.Rows != whole.Length + 3)
                {
                    return false;
                }
            }

            return true;
        }));

    [Fact]
    public void MomentsOfParts_MergeToTheMomentsOfTheWhole()
    {
        var numbers = new SeededNumbers(3).Normals(999, 1e6, 3);
        var merged = Moments.Of(numbers.AsSpan(0, 400)).Merge(Moments.Of(numbers.AsSpan(400)));
        var whole = Moments.Of(numbers);
        Assert.Equal(whole.Count, merged.Count);
        Assert.Equal(whole.Mean, merged.Mean, 1e-8);
        Oracle.Near(whole.SquaredDeviations, merged.SquaredDeviations, 1e-9);
        Assert.Equal((whole.Min, whole.Max), (merged.Min, merged.Max));
    }

    [Fact]
    public void DifferentBins_DoNotMerge() => Assert.Throws<ArgumentException>(() => new BinCounts([1]).Merge(new BinCounts([1, 2])));

    [Fact]
    public void Categories_KeepTheMostFrequent_AndTellUnseenFromTheRest()
    {
        string?[] reference = ["b", "a", "a", "c", null];
        var all = CategoryBins.Fit(reference);
        Assert.Equal(["a", "b", "c"], all.Categories);
        Assert.Equal(new BinCounts([0, 1, 0], Missing: 1, Unseen: 1), all.CountValues(["b", "new", null]));

        var two = CategoryBins.Fit(reference, kept: 2);
        Assert.True(two.HasOther);
        Assert.Equal(new BinCounts([0, 1, 2]), two.CountValues(["b", "c", "new"]));
        Assert.Throws<ArgumentException>(() => new CategoryBins(["a", "a"], false));
    }

    [Fact]
    public void BinsAndCounts_SurviveJson()
    {
        RoundTrip(QuantileBins.Fit(new SeededNumbers(1).Normals(100)));
        RoundTrip(QuantileBins.Fit([1, 2, 3]));
        RoundTrip(CategoryBins.Fit(["x", "y", "y"], kept: 1));
        RoundTrip(new BinCounts([1, 2], 3, 4, 5, 6, 7));
        RoundTrip(Moments.Of([1, 2, 4]));
        RoundTrip(new DriftVerdict("f", DriftStatus.Drift, null, 0.1, 0.05, 0.01, 1e-9, 1e-8));
    }

    internal static void RoundTrip<T>(T value) => Assert.Equal(value, JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value)));

    private static bool Naive(QuantileBins bins, double[] values)
    {
        var counts = new long[bins.Count];
        long unseen = 0;
        foreach (var value in values)
        {
            if (bins.IndexOf(value) is { } bin)
            {
                counts[bin]++;
            }
            else if (double.IsFinite(value))
            {
                unseen++;
            }
        }

        var expected = new BinCounts(
            [.. counts],
            0,
            values.Count(double.IsNaN),
            values.Count(double.IsPositiveInfinity),
            values.Count(double.IsNegativeInfinity),
            unseen);
        return expected.Equals(bins.CountValues(values));
    }

    private static FsCheck.Gen<double> Value() => Gen.OneOf(
        Gen.Elements(Odd),
        Gen.Choose(-4, 8).Select(i => i / 2.0));
}

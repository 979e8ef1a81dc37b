using System.Text.Json;
using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Statistics;

public sealed class CategoricalOracleTests
{
    [Fact]
    public void CategoriesWithAnUnseenOne_EqualTheOracle()
    {
        var oracle = Oracle.Case("C.contingency");
        var (reference, current) = Counts("C");
        Assert.Equal(20, current.Unseen);
        long[] p = reference.Cells(withMissing: false), q = current.Cells(withMissing: false);
        var test = Contingency.Test(p, q);
        oracle.Equal("chi2", test.Statistic);
        Assert.Equal(oracle.Expected.GetProperty("df").GetInt32(), test.Degrees);
        oracle.Equal("p_value", test.PValue);
        oracle.Equal("cramers_v", test.CramersV);
        oracle.Equal("psi_floor_1e-4", PopulationStability.Floor(p, q));
        oracle.Equal("js_distance_base2", JensenShannon.Distance(p, q));
        var largest = LInfinity.Distance(p, q).Distance;
        oracle.Equal("l_infinity", largest);
        oracle.Equal("l_infinity_lcb_c1.8", KolmogorovSmirnov.LowerBound(largest, 1000, 800));
        oracle.Equal("unseen_ratio", (double)current.Unseen / current.Rows);
    }

    [Fact]
    public void RareCategories_ArePooledAsTheOracleDoes()
    {
        var oracle = Oracle.Case("C_small.pooled");
        var (reference, current) = Counts("C_small");
        long[] p = reference.Cells(withMissing: false), q = current.Cells(withMissing: false);
        var pooled = Contingency.Pool(p, q);
        Assert.Equal([.. oracle.Expected.GetProperty("pooled_ref").EnumerateObject().Select(c => c.Value.GetInt64())], pooled.Reference.ToArray());
        Assert.Equal([.. oracle.Expected.GetProperty("pooled_cur").EnumerateObject().Select(c => c.Value.GetInt64())], pooled.Current.ToArray());
        var test = Contingency.Test(p, q);
        oracle.Equal("chi2", test.Statistic);
        Assert.Equal(oracle.Expected.GetProperty("df").GetInt32(), test.Degrees);
        oracle.Equal("p_value", test.PValue);
        oracle.Equal("cramers_v", test.CramersV);
    }

    [Fact]
    public void IntervalsOfProportions_EqualTheOracle()
    {
        var oracle = Oracle.Case("proportions");
        foreach (var c in oracle.Expected.GetProperty("wilson95").EnumerateArray())
        {
            var bounds = Wilson.Bounds(Whole(c, "k"), Whole(c, "n"));
            oracle.AllNear(c.GetProperty("ci"), [bounds.Lower, bounds.Upper]);
        }

        foreach (var c in oracle.Expected.GetProperty("newcombe95").EnumerateArray())
        {
            var bounds = Newcombe.Difference(Whole(c, "k1"), Whole(c, "n1"), Whole(c, "k2"), Whole(c, "n2"));
            oracle.AllNear(c.GetProperty("ci"), [bounds.Lower, bounds.Upper]);
        }

        foreach (var c in oracle.Expected.GetProperty("katz_log_ratio95").EnumerateArray())
        {
            var bounds = Katz.Ratio(Whole(c, "k1"), Whole(c, "n1"), Whole(c, "k2"), Whole(c, "n2"))!.Value;
            var expected = Oracle.Doubles(c.GetProperty("ratio_lo_hi"));
            Oracle.Near(expected[1], bounds.Lower, oracle.Tolerance);
            Oracle.Near(expected[2], bounds.Upper, oracle.Tolerance);
        }
    }

    [Fact]
    public void SelectionRates_OfTwoGroups_EqualTheOracle()
    {
        var oracle = Oracle.Case("E.fairness");
        var bounds = Newcombe.Difference(180, 500, 85, 350);
        oracle.AllNear(oracle.Expected.GetProperty("selection_rate_newcombe95_M_minus_F"), [bounds.Lower, bounds.Upper]);
    }

    [Fact]
    public void FalseDiscovery_EqualsTheOracle()
    {
        var oracle = Oracle.Case("bh");
        var p = Oracle.Doubles(oracle.Expected.GetProperty("p"));
        double[] bh = FalseDiscovery.BenjaminiHochberg(p), by = FalseDiscovery.BenjaminiYekutieli(p);
        oracle.AllNear(oracle.Expected.GetProperty("q_bh"), bh);
        oracle.AllNear(oracle.Expected.GetProperty("q_by"), by);
        Assert.Equal(oracle.Expected.GetProperty("rejected_bh_at_0.05").GetInt32(), bh.Count(q => q <= 0.05));
        Assert.Equal(oracle.Expected.GetProperty("rejected_by_at_0.05").GetInt32(), by.Count(q => q <= 0.05));
    }

    private static (BinCounts Reference, BinCounts Current) Counts(string fixture)
    {
        var reference = Rows(Oracle.Fixture(fixture).GetProperty("ref"));
        var bins = CategoryBins.Fit(reference);
        return (bins.CountValues(reference), bins.CountValues(Rows(Oracle.Fixture(fixture).GetProperty("cur"))));
    }

    private static string?[] Rows(JsonElement counts) =>
        [.. counts.EnumerateObject().SelectMany(c => Enumerable.Repeat(c.Name, c.Value.GetInt32()))];

    private static long Whole(JsonElement c, string member) => c.GetProperty(member).GetInt64();
}

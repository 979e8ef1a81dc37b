using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Statistics;

public sealed class NumericDriftOracleTests
{
    private static double[] Reference => Oracle.Sample("A", "ref");

    private static double[] Current => Oracle.Sample("A", "cur");

    [Fact]
    public void Deciles_AndTheirCounts_EqualTheOracle()
    {
        var oracle = Oracle.Case("A.deciles");
        var bins = QuantileBins.Fit(Reference);
        var edges = Oracle.Doubles(oracle.Expected.GetProperty("inner_edges"));
        Assert.Equal(edges.Length, bins.Edges.Length);
        for (var i = 0; i < edges.Length; i++)
        {
            // The middle edge is zero up to rounding.
            Assert.Equal(edges[i], bins.Edges[i], 1e-12 * Math.Max(1, Math.Abs(edges[i])));
        }

        Assert.Equal(Oracle.Longs(oracle.Expected.GetProperty("ref_counts")), bins.CountValues(Reference).Bins.ToArray());
        Assert.Equal(Oracle.Longs(oracle.Expected.GetProperty("cur_counts")), bins.CountValues(Current).Bins.ToArray());
    }

    [Fact]
    public void PopulationStability_OnDeciles_EqualsTheOracle()
    {
        var oracle = Oracle.Case("A.psi.deciles");
        var (p, q) = DecileCounts();
        var floor = PopulationStability.Floor(p, q);
        oracle.Equal("psi_floor_1e-4", floor);
        oracle.Equal("psi_laplace_0.5", PopulationStability.Laplace(p, q));
        oracle.Equal("null_mean", PopulationStability.NullMean(1000, 800, 10));
        oracle.Equal("null_q95", PopulationStability.NullQuantile(0.95, 1000, 800, 10));
        oracle.Equal("p_value", PopulationStability.PValue(floor, 1000, 800, 10));
    }

    [Fact]
    public void PopulationStability_TailWithoutDrift_EqualsTheOracle()
    {
        var oracle = Oracle.Case("psi_null");
        foreach (var c in oracle.Expected.GetProperty("tail").EnumerateArray())
        {
            long n = c.GetProperty("n").GetInt64(), m = c.GetProperty("m").GetInt64();
            oracle.Near(c.GetProperty("p_psi_gt_0.1"), PopulationStability.PValue(0.1, n, m, 10));
            oracle.Near(c.GetProperty("p_psi_gt_0.2"), PopulationStability.PValue(0.2, n, m, 10));
        }
    }

    [Fact]
    public void OtherDistances_OnDeciles_EqualTheOracle()
    {
        var js = Oracle.Case("A.js.deciles");
        var other = Oracle.Case("A.other.deciles");
        var (p, q) = DecileCounts();
        js.Equal("distance_base2", JensenShannon.Distance(p, q));
        js.Equal("divergence_base2", JensenShannon.Divergence(p, q));
        js.Equal("distance_base_e", JensenShannon.Distance(p, q) * Math.Sqrt(Math.Log(2)));
        other.Equal("hellinger", Hellinger.Distance(p, q));
        other.Equal("l_infinity", LInfinity.Distance(p, q).Distance);
    }

    [Theory]
    [InlineData("A.js.doane_compat", "distance_base2")]
    [InlineData("A.sturges_combined_compat", "js_distance_base2")]
    public void JensenShannon_OnTheBinsOfOtherProducts_EqualsTheOracle(string id, string member)
    {
        var oracle = Oracle.Case(id);
        var p = Oracle.Longs(oracle.Expected.GetProperty("ref_counts"));
        var q = Oracle.Longs(oracle.Expected.GetProperty("cur_counts"));
        oracle.Equal(member, JensenShannon.Distance(p, q));
        if (oracle.Expected.TryGetProperty("psi", out var psi))
        {
            oracle.Near(psi, PopulationStability.Floor(p, q));
        }
    }

    [Fact]
    public void Wasserstein_EqualsTheOracle()
    {
        var oracle = Oracle.Case("A.wasserstein");
        oracle.Equal("w1", Wasserstein.Distance(Reference, Current));
        oracle.Equal("w1_over_population_std", Wasserstein.OverStandardDeviation(Reference, Current));
        oracle.Equal("w1_over_iqr", Wasserstein.OverInterquartileRange(Reference, Current));
        oracle.Equal("ref_population_std", Math.Sqrt(Moments.Of(Reference).PopulationVariance!.Value));
    }

    [Fact]
    public void KolmogorovSmirnov_EqualsTheOracle()
    {
        var oracle = Oracle.Case("A.ks");
        var result = KolmogorovSmirnov.Test(Reference, Current);
        Assert.True(result.Exact);
        oracle.Equal("d", result.Distance);
        oracle.Equal("p_exact", result.PValue);
        oracle.Equal("p_kstwo", KolmogorovSmirnov.ApproximatePValue(result.Distance, 1000, 800));
        oracle.Equal("p_kolmogorov_limit", KolmogorovLaw.LimitSurvival(result.Distance * Math.Sqrt(1000.0 * 800 / 1800)));
        oracle.Equal("d_lcb_c1.8", result.LowerBound);
        oracle.Equal("d_lcb_alpha_0.05", KolmogorovSmirnov.LowerBound(result.Distance, 1000, 800, KolmogorovSmirnov.Multiplier(0.05)));
    }

    [Fact]
    public void HeavyTies_EqualTheOracle()
    {
        var oracle = Oracle.Case("A_ties");
        double[] p = Oracle.Sample("A_ties", "ref"), q = Oracle.Sample("A_ties", "cur");
        var result = KolmogorovSmirnov.Test(p, q);
        oracle.Equal("ks_d", result.Distance);
        oracle.Equal("ks_p_exact_formula", result.PValue);
        oracle.Equal("ks_p_kstwo", KolmogorovSmirnov.ApproximatePValue(result.Distance, p.Length, q.Length));
        oracle.Equal("w1", Wasserstein.Distance(p, q));
    }

    [Fact]
    public void Moments_AndQuantiles_EqualTheOracle()
    {
        var oracle = Oracle.Case("A.moments");
        var moments = Moments.Of(Current);
        Assert.Equal(0, Moments.Of(Reference).Mean, 1e-12);
        oracle.Equal("cur_mean", moments.Mean);
        oracle.Equal("cur_var_population", moments.PopulationVariance!.Value);
        oracle.Equal("cur_var_sample", moments.SampleVariance!.Value);
        oracle.Equal("cur_min", moments.Min!.Value);
        oracle.Equal("cur_max", moments.Max!.Value);
        var sorted = Current.Order().ToArray();
        oracle.AllNear(
            oracle.Expected.GetProperty("cur_quantiles_linear_.01_.25_.5_.75_.99"),
            [.. new[] { .01, .25, .5, .75, .99 }.Select(p => Quantile.Linear(sorted, p))]);
    }

    [Theory]
    [InlineData("D.clean")]
    [InlineData("D.one_outlier")]
    public void OneOutlier_DoesNotHideAShift(string id)
    {
        var oracle = Oracle.Case(id);
        double[] reference = Oracle.Sample("D", "ref"), current = Oracle.Sample("D", "cur");
        if (id == "D.one_outlier")
        {
            current[0] = 10_000;
        }

        var bins = QuantileBins.Fit(reference);
        long[] p = [.. bins.CountValues(reference).Bins], q = [.. bins.CountValues(current).Bins];
        oracle.Equal("psi_ref_deciles_floor_1e-4", PopulationStability.Floor(p, q));
        oracle.Equal("js_base2_ref_deciles", JensenShannon.Distance(p, q));
        oracle.Equal("ks_d", KolmogorovSmirnov.Test(reference, current).Distance);
        oracle.Equal("w1_over_population_std", Wasserstein.OverStandardDeviation(reference, current));
    }

    private static (long[] Reference, long[] Current) DecileCounts()
    {
        var bins = QuantileBins.Fit(Reference);
        return ([.. bins.CountValues(Reference).Bins], bins.CountValues(Current).Bins.ToArray());
    }
}

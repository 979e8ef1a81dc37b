using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Flyball.Engine.Tests.Statistics;

public sealed class SpecialFunctionTests
{
    [Fact]
    public void ChiSquareSurvival_EqualsTheOracle_IntoTheFarTail() =>
        Each("chi2_sf", "sf", c => ChiSquare.Survival(c("x"), (int)c("df")));

    [Fact]
    public void NormalQuantile_EqualsTheOracle() => Each("norm_ppf", "z", c => NormalLaw.Quantile(c("p")));

    [Fact]
    public void NormalSurvival_EqualsTheOracle_IntoTheFarTail() => Each("norm_sf", "sf", c => NormalLaw.Survival(c("z")));

    [Fact]
    public void LogGamma_EqualsTheOracle() =>
        Each("gammaln", "lg", c => c("x") == 1 && Math.Abs(SpecialFunctions.GammaLn(1)) < 1e-15 ? 0 : SpecialFunctions.GammaLn(c("x")));

    [Fact]
    public void IncompleteBeta_EqualsTheOracle() =>
        Each("beta_inc", "I", c => SpecialFunctions.BetaRegularized(c("a"), c("b"), c("x")));

    [Fact]
    public void KolmogorovSmirnovSurvival_EqualsTheOracle() =>
        Each("kstwo_sf", "sf", c => KolmogorovLaw.Survival((long)c("n"), c("d")));

    [Fact]
    public void KolmogorovLimit_EqualsTheOracle() => Each("kolmogorov_sf", "sf", c => KolmogorovLaw.LimitSurvival(c("x")));

    [Fact]
    public void ChiSquareSurvival_OfTwoDegrees_IsTheExponential()
    {
        foreach (var x in new[] { 0.1, 1, 7.5, 60, 700 })
        {
            Oracle.Near(Math.Exp(-x / 2), ChiSquare.Survival(x, 2), 1e-12);
        }
    }

    [Fact]
    public void ChiSquareQuantile_InvertsTheSurvival() =>
        Assert.Equal(0.05, ChiSquare.Survival(ChiSquare.Quantile(0.95, 9), 9), 12);

    [Theory]
    [InlineData(3.0, 1, 2.0)]
    [InlineData(25.0, 9, 12.0)]
    [InlineData(900.0, 4, 850.0)]
    public void NoncentralChiSquare_EqualsItsMixtureWrittenOut(double x, int degrees, double lambda)
    {
        double sum = 0, half = lambda / 2;
        for (var j = 0; j < 2000; j++)
        {
            sum += Poisson.PMF(half, j) * ChiSquare.Survival(x, degrees + (2 * j));
        }

        Oracle.Near(sum, ChiSquare.NoncentralSurvival(x, degrees, lambda), 1e-9);
    }

    [Fact]
    public void NoncentralityBound_IsContinuousWhereTheNormalFormTakesOver()
    {
        var exact = ChiSquare.NoncentralityLowerBound(99_999, 9, 0.05);
        var normal = ChiSquare.NoncentralityLowerBound(100_001, 9, 0.05);
        Assert.InRange((normal - exact) / exact, 0, 2e-4);
    }

    [Theory]
    [InlineData(200, 0.09)]
    [InlineData(1000, 0.03)]
    [InlineData(1500, 0.04)]
    public void KolmogorovExpansion_MissesTheExactMatrixByTheNextOrderOnly(int n, double d) =>
        Assert.Equal(KolmogorovLaw.MatrixCumulative(n, d), KolmogorovLaw.ExpansionCumulative(n, d), 0.2 / n / n);

    [Fact]
    public void KolmogorovTail_AgreesWithTheExactMatrix() =>
        Assert.Equal(1 - KolmogorovLaw.MatrixCumulative(100, 0.2), KolmogorovLaw.Survival(100, 0.2), 12);

    private static void Each(string list, string member, Func<Func<string, double>, double> got, double? tolerance = null)
    {
        var oracle = Oracle.Case("special");
        var cases = oracle.Expected.GetProperty(list).EnumerateArray().ToArray();
        Assert.NotEmpty(cases);
        foreach (var c in cases)
        {
            Oracle.Near(c.GetProperty(member).GetDouble(), got(name => c.GetProperty(name).GetDouble()), tolerance ?? oracle.Tolerance, c.ToString());
        }
    }
}

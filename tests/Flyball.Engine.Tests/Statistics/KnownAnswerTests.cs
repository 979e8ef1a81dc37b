using Flyball.Engine.Statistics;

namespace Flyball.Engine.Tests.Statistics;

/// <summary>Answers worked out by hand, for machines without the oracle files.</summary>
public sealed class KnownAnswerTests
{
    private static readonly long[] Even = [50, 50];
    private static readonly long[] Shifted = [25, 75];

    [Fact]
    public void PopulationStability_OfAQuarterMoved()
    {
        // (1/4 - 1/2) ln(1/2) + (3/4 - 1/2) ln(3/2) = ln(3) / 4
        Assert.Equal(Math.Log(3) / 4, PopulationStability.Floor(Even, Shifted), 12);
        Assert.Equal(0, PopulationStability.Floor(Even, Even));
    }

    [Fact]
    public void PopulationStability_WithAnEmptyCell_IsFinite()
    {
        long[] before = [100, 0], now = [0, 100];
        Assert.InRange(PopulationStability.Laplace(before, now), 5, 20);
        Assert.Equal(2 * (1 - 1e-4) * Math.Log(1 / 1e-4), PopulationStability.Floor(before, now), 12);
    }

    [Fact]
    public void PopulationStability_LowerBound_IsZeroExactlyWhereThePValueIsAboveTheLevel()
    {
        var border = PopulationStability.NullQuantile(0.95, 1000, 500, 10);
        Assert.Equal(0, PopulationStability.LowerBound(border * 0.999, 1000, 500, 10));
        var above = PopulationStability.LowerBound(border * 1.01, 1000, 500, 10);
        Assert.InRange(above, double.Epsilon, border / 10);
        var far = PopulationStability.LowerBound(1, 1_000_000, 1_000_000, 10);
        Assert.InRange(far, 0.98, 1);
    }

    [Fact]
    public void JensenShannon_OfDisjointCells_IsOne()
    {
        Assert.Equal(1, JensenShannon.Distance([10, 0], [0, 4]), 12);
        Assert.Equal(0, JensenShannon.Distance(Even, [7, 7]));
    }

    [Fact]
    public void Hellinger_OfDisjointCells_IsOne()
    {
        Assert.Equal(1, Hellinger.Distance([10, 0], [0, 4]), 12);
        Assert.Equal(0, Hellinger.Distance(Even, Even));
    }

    [Fact]
    public void LInfinity_NamesTheCellThatMovedMost() =>
        Assert.Equal((0.5, 2), LInfinity.Distance([50, 50, 0], [25, 25, 50]));

    [Fact]
    public void KolmogorovSmirnov_OfSeparateTriples_IsOneInTen()
    {
        // Of the 20 orderings of three and three values two separate them.
        var result = KolmogorovSmirnov.Test([1, 2, 3], [4, 5, 6]);
        Assert.Equal(1, result.Distance);
        Assert.Equal(0.1, result.PValue, 15);
    }

    [Fact]
    public void KolmogorovSmirnov_CountsPaths_AsEnumerationDoes()
    {
        // All orderings of 4 and 3 values, against the definition.
        for (var steps = 1; steps <= 12; steps++)
        {
            var d = steps / 12.0;
            int hit = 0, all = 0;
            for (var mask = 0; mask < 128; mask++)
            {
                if (System.Numerics.BitOperations.PopCount((uint)mask) != 4)
                {
                    continue;
                }

                all++;
                int i = 0, j = 0, worst = 0;
                for (var bit = 0; bit < 7; bit++)
                {
                    _ = (mask >> bit & 1) == 1 ? i++ : j++;
                    worst = Math.Max(worst, Math.Abs((i * 3) - (j * 4)));
                }

                hit += worst >= steps ? 1 : 0;
            }

            Assert.Equal((double)hit / all, KolmogorovSmirnov.ExactPValue(d, 4, 3), 14);
        }
    }

    [Fact]
    public void KolmogorovSmirnov_KeepsItsPrecisionWherePIsBelowMachineEpsilon()
    {
        // Only the two orderings that separate 30 from 30 reach D = 1: 2 / C(60, 30).
        var p = KolmogorovSmirnov.ExactPValue(1, 30, 30);
        Assert.Equal(1, p * 118264581564861424.0 / 2, 12);
    }

    [Fact]
    public void KolmogorovSmirnov_RefusesNaN() =>
        Assert.Throws<ArgumentException>(() => KolmogorovSmirnov.Test([1, double.NaN], [1, 2]));

    [Fact]
    public void Wasserstein_OfAShift_IsTheShift()
    {
        Assert.Equal(2.5, Wasserstein.Distance([1, 2, 4], [3.5, 4.5, 6.5]), 12);
        Assert.Equal(0, Wasserstein.Distance([1, 2], [2, 1]));
        Assert.Equal(2000, Wasserstein.OverStandardDeviation([5, 5], [7, 7]), 9);
        Assert.Throws<ArgumentException>(() => Wasserstein.Distance([], [1]));
    }

    [Fact]
    public void Contingency_OfAFourfoldTable()
    {
        var test = Contingency.Test(Even, Shifted);
        Assert.Equal(40.0 / 3, test.Statistic, 12);
        Assert.Equal(1, test.Degrees);
        Assert.Equal(Math.Sqrt(1.0 / 15), test.CramersV, 12);
        Assert.InRange(test.LowerBound(), 0.1, test.CramersV);
        Assert.Equal(1, Contingency.Test([100], [70]).PValue);
    }

    [Fact]
    public void Wilson_OfNoSuccessInTen()
    {
        // z^2 / (n + z^2)
        var z2 = NormalLaw.Quantile(0.975) * NormalLaw.Quantile(0.975);
        Assert.Equal(new Interval(0, z2 / (10 + z2)), Wilson.Bounds(0, 10) with { Upper = z2 / (10 + z2) });
        Assert.Equal(z2 / (10 + z2), Wilson.Bounds(0, 10).Upper, 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Bounds(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Bounds(0, 0));
    }

    [Fact]
    public void Newcombe_OfEqualGroups_IsSymmetric()
    {
        var bounds = Newcombe.Difference(5, 10, 5, 10);
        Assert.Equal(-bounds.Lower, bounds.Upper, 12);
        Assert.True(bounds.Contains(0));
        Assert.False(Newcombe.Difference(90, 100, 10, 100).Contains(0));
    }

    [Fact]
    public void Katz_IsUndefinedWithoutEvents()
    {
        Assert.Null(Katz.Ratio(0, 10, 5, 10));
        var bounds = Katz.Ratio(10, 100, 10, 100)!.Value;
        Assert.Equal(1, bounds.Lower * bounds.Upper, 12);
        Assert.False(Katz.Ratio(90, 100, 10, 100)!.Value.Contains(1));
    }

    [Fact]
    public void FalseDiscovery_OfTwoTests()
    {
        Assert.Equal([0.02, 0.03], FalseDiscovery.BenjaminiHochberg([0.01, 0.03]));
        Assert.Equal([0.03, 0.045], FalseDiscovery.BenjaminiYekutieli([0.01, 0.03]).Select(q => Math.Round(q, 12)));
        Assert.Throws<ArgumentException>(() => FalseDiscovery.BenjaminiHochberg([double.NaN]));
    }

    [Fact]
    public void Moments_AtALargeOffset_KeepTheirVariance()
    {
        var moments = Moments.Of([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
        Assert.Equal(30, moments.SampleVariance!.Value, 9);
        Assert.Null(default(Moments).PopulationVariance);
        Assert.Throws<ArgumentException>(() => default(Moments).Add(double.PositiveInfinity));
        Assert.Equal(2.0 / 9, Moments.OfBernoulli(1, 3).PopulationVariance!.Value, 12);
    }

    [Fact]
    public void Quantile_InterpolatesBetweenNeighbours()
    {
        double[] sorted = [1, 2, 4, 8];
        Assert.Equal(3, Quantile.Linear(sorted, 0.5));
        Assert.Equal(8, Quantile.Linear(sorted, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Linear(sorted, 1.5));
        Assert.Throws<ArgumentException>(() => Quantile.Linear([], 0.5));
    }
}

using System.Collections.Immutable;

namespace Flyball.Engine.Statistics;

/// <summary>
/// Two-sample chi-square test on the 2 x k table of cell counts, without Yates' correction, with Cramer's V = sqrt(chi2/N) as
/// effect. Both rows are samples: a one-sample test would take the reference for the exact truth and cry wolf.
/// </summary>
public static class Contingency
{
    /// <summary>A cell that expects fewer rows than this on either side goes to <c>other</c> (Cochran's rule).</summary>
    public const double SmallestExpected = 5;

    /// <summary>Tests two rows of counts over the same cells, after pooling rare cells.</summary>
    /// <exception cref="ArgumentException">Different numbers of cells, or a side without rows.</exception>
    public static ContingencyResult Test(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var pooled = Pool(reference, current);
        return TestPooled(pooled.Reference.AsSpan(), pooled.Current.AsSpan());
    }

    /// <summary>Moves every cell with an expected count below 5 on either side into one last cell, which is kept; empty cells go.</summary>
    public static PooledCells Pool(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var (n, m) = Shares.Totals(reference, current);
        var keptReference = ImmutableArray.CreateBuilder<long>();
        var keptCurrent = ImmutableArray.CreateBuilder<long>();
        var kept = ImmutableArray.CreateBuilder<int>();
        long otherReference = 0, otherCurrent = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            double both = reference[i] + current[i];
            if (both * Math.Min(n, m) / (n + m) < SmallestExpected)
            {
                otherReference += reference[i];
                otherCurrent += current[i];
            }
            else
            {
                kept.Add(i);
                keptReference.Add(reference[i]);
                keptCurrent.Add(current[i]);
            }
        }

        if (otherReference + otherCurrent > 0)
        {
            keptReference.Add(otherReference);
            keptCurrent.Add(otherCurrent);
        }

        return new PooledCells(kept.ToImmutable(), keptReference.ToImmutable(), keptCurrent.ToImmutable());
    }

    /// <summary>The test on the cells as they are.</summary>
    public static ContingencyResult TestPooled(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var (n, m) = Shares.Totals(reference, current);
        double total = n + m, statistic = 0;
        var filled = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            double both = reference[i] + current[i];
            if (both == 0)
            {
                continue;
            }

            filled++;
            double expectedReference = both * n / total, expectedCurrent = both * m / total;
            statistic += Square(reference[i] - expectedReference) / expectedReference;
            statistic += Square(current[i] - expectedCurrent) / expectedCurrent;
        }

        var degrees = filled - 1;
        return new ContingencyResult(
            statistic,
            degrees,
            degrees < 1 ? 1 : ChiSquare.Survival(statistic, degrees),
            Math.Sqrt(statistic / total),
            (long)total);
    }

    private static double Square(double x) => x * x;
}

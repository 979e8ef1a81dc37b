namespace Flyball.Engine.Statistics;

/// <summary>Two-sample Kolmogorov-Smirnov test: D is the largest gap between the right-continuous empirical distributions.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>Up to this size of the larger sample the p value is exact.</summary>
    public const int ExactLimit = 10_000;

    /// <summary>Default multiplier of the lower bound: alpha = 0.0031.</summary>
    public const double DefaultMultiplier = 1.8;

    /// <summary>D and its p value. O(n log n), and O(D n m) for an exact p value.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds a NaN or an infinity.</exception>
    public static KolmogorovSmirnovResult Test(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        TestSorted(Quantile.SortFinite(reference, nameof(reference)), Quantile.SortFinite(current, nameof(current)));

    /// <summary>The same for two ascending samples of finite values.</summary>
    public static KolmogorovSmirnovResult TestSorted(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var d = Distance(reference, current);
        int n = reference.Length, m = current.Length;
        return Math.Max(n, m) <= ExactLimit
            ? new KolmogorovSmirnovResult(d, ExactPValue(d, n, m), true, n, m)
            : new KolmogorovSmirnovResult(d, ApproximatePValue(d, n, m), false, n, m);
    }

    /// <summary>The largest gap between the distributions of two ascending samples.</summary>
    public static double Distance(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        int i = 0, j = 0;
        double largest = 0;
        while (i < reference.Length && j < current.Length)
        {
            var value = Math.Min(reference[i], current[j]);
            while (i < reference.Length && reference[i] == value)
            {
                i++;
            }

            while (j < current.Length && current[j] == value)
            {
                j++;
            }

            largest = Math.Max(largest, Math.Abs(((double)i / reference.Length) - ((double)j / current.Length)));
        }

        return largest;
    }

    /// <summary>
    /// P(D >= d) for two samples of continuous data under equality, exactly.
    /// <list type="number">
    /// <item>An ordering of the pooled sample is a lattice path from (0,0) to (n,m), all equally likely.</item>
    /// <item>u(i,j), the probability that a path to (i,j) has left the band |i/n - j/m| &lt; d, is 1 outside it and inside it
    /// i/(i+j) u(i-1,j) + j/(i+j) u(i,j-1).</item>
    /// <item>All terms are positive, so the far tail keeps its relative precision, and only cells in the band are visited.</item>
    /// </list>
    /// Band in integers, after Hodges (1958); complement form as in R's psmirnov. With ties the value is conservative.
    /// </summary>
    public static double ExactPValue(double d, int n, int m)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(m, 1);
        long divisor = Gcd(n, m), stepN = n / divisor, stepM = m / divisor;

        // |i/n - j/m| = |i*stepM - j*stepN| / lcm: the band is decided in whole numbers.
        var bound = (long)Math.Round(d * (stepN * (double)m), MidpointRounding.AwayFromZero);
        if (bound <= 0)
        {
            return 1;
        }

        var row = new double[m + 1];
        Array.Fill(row, 1);
        for (var i = 0; i <= n; i++)
        {
            var centre = i * stepM;
            var first = (int)Math.Clamp(CeilDivide(centre - bound + 1, stepN), 0, m);
            var last = (int)Math.Clamp(FloorDivide(centre + bound - 1, stepN), -1, m);
            if (first > 0)
            {
                row[first - 1] = 1;
            }

            for (var j = first; j <= last; j++)
            {
                // The row still holds u(i-1, j); beyond its band it holds 1.
                row[j] = i + j == 0
                    ? 0
                    : ((i == 0 ? 0 : i * row[j]) + (j == 0 ? 0 : j * row[j - 1])) / (i + j);
            }
        }

        return Math.Min(1, row[m]);
    }

    /// <summary>P(D >= d) from the exact one-sample law at n' = round(nm / (n+m)); the limit law itself can be 10 % off.</summary>
    public static double ApproximatePValue(double d, long n, long m) =>
        KolmogorovLaw.Survival((long)Math.Round(n * (double)m / (n + m), MidpointRounding.ToEven), d);

    /// <summary>
    /// Lower bound of the true distance, max(0, D - c sqrt((n+m)/(nm))): the band of Smirnov's limit law around D.
    /// </summary>
    public static double LowerBound(double d, long n, long m, double multiplier = DefaultMultiplier) =>
        Math.Max(0, d - (multiplier * Math.Sqrt((n + (double)m) / (n * (double)m))));

    /// <summary>The multiplier of a level: sqrt(-ln(alpha/2)/2).</summary>
    public static double Multiplier(double alpha) => Math.Sqrt(-Math.Log(alpha / 2) / 2);

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    private static long FloorDivide(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);

    private static long CeilDivide(long a, long b) => (a / b) + (a % b > 0 ? 1 : 0);
}

namespace Flyball.Engine.Statistics;

/// <summary>First Wasserstein (earth mover's) distance of two samples: the integral of |F_ref - F_cur| over the merged sorted values.</summary>
public static class Wasserstein
{
    // A constant reference has no spread to divide by.
    private const double SmallestSpread = 0.001;

    /// <summary>The distance in the unit of the values. O(n log n).</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds a NaN or an infinity.</exception>
    public static double Distance(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        OfSorted(Quantile.SortFinite(reference, nameof(reference)), Quantile.SortFinite(current, nameof(current)));

    /// <summary>The distance over the reference's population standard deviation (at least 0.001).</summary>
    public static double OverStandardDeviation(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        Distance(reference, current)
        / Math.Max(SmallestSpread, Math.Sqrt(Moments.Of(reference).PopulationVariance ?? 0));

    /// <summary>The distance over the reference's interquartile range (at least 0.001), which one outlier cannot stretch.</summary>
    public static double OverInterquartileRange(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var sorted = Quantile.SortFinite(reference, nameof(reference));
        var range = Quantile.Linear(sorted, 0.75) - Quantile.Linear(sorted, 0.25);
        return OfSorted(sorted, Quantile.SortFinite(current, nameof(current))) / Math.Max(SmallestSpread, range);
    }

    /// <summary>The distance of two ascending samples of finite values. O(n).</summary>
    public static double OfSorted(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        int i = 0, j = 0;
        double sum = 0, previous = Math.Min(reference[0], current[0]);
        while (i < reference.Length || j < current.Length)
        {
            var value = j == current.Length || (i < reference.Length && reference[i] <= current[j]) ? reference[i] : current[j];
            sum += Math.Abs(((double)i / reference.Length) - ((double)j / current.Length)) * (value - previous);
            while (i < reference.Length && reference[i] == value)
            {
                i++;
            }

            while (j < current.Length && current[j] == value)
            {
                j++;
            }

            previous = value;
        }

        return sum;
    }
}

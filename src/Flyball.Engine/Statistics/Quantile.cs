namespace Flyball.Engine.Statistics;

/// <summary>Sample quantiles by linear interpolation: type 7 of Hyndman and Fan (1996), the default of R and NumPy.</summary>
public static class Quantile
{
    /// <summary>Position h = (n-1) * probability on the sorted sample, interpolated between its neighbours.</summary>
    /// <param name="sorted">Ascending, not empty.</param>
    /// <param name="probability">From 0 to 1.</param>
    public static double Linear(ReadOnlySpan<double> sorted, double probability)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("An empty sample has no quantiles.", nameof(sorted));
        }

        if (!(probability >= 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies in 0..1.");
        }

        var position = (sorted.Length - 1) * probability;
        var below = (int)Math.Floor(position);
        var low = sorted[below];
        return below + 1 < sorted.Length ? low + ((position - below) * (sorted[below + 1] - low)) : low;
    }

    /// <summary>A sorted copy of finite values.</summary>
    /// <exception cref="ArgumentException">The sample is empty or holds a NaN or an infinity.</exception>
    internal static double[] SortFinite(ReadOnlySpan<double> values, string parameter)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("The sample is empty.", parameter);
        }

        var sorted = values.ToArray();
        Array.Sort(sorted);

        // NaN sorts first and infinities to the ends, so the two ends tell about all.
        if (!double.IsFinite(sorted[0]) || !double.IsFinite(sorted[^1]))
        {
            throw new ArgumentException("The sample holds a NaN or an infinite value.", parameter);
        }

        return sorted;
    }
}

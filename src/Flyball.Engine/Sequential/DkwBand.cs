namespace Flyball.Engine.Sequential;

/// <summary>
/// Band around an empirical distribution that holds at every sample size at once (Howard and Ramdas, arXiv 1906.09712):
/// sup |F_t - F| &lt;= g(t, a) = 0.85 sqrt((ln ln(e t) + 0.8 ln(1612 / a)) / t) for all t >= 1 with probability 1 - a.
/// </summary>
public static class DkwBand
{
    /// <summary>g, at most 1. A sample of no values has the radius 1.</summary>
    public static double Radius(long count, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!(alpha > 0 && alpha < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A level lies between 0 and 1.");
        }

        return count == 0
            ? 1
            : Math.Min(1, 0.85 * Math.Sqrt((Math.Log(1 + Math.Log(count)) + (0.8 * Math.Log(1612 / alpha))) / count));
    }

    /// <summary>
    /// Bounds of a quantile from the order statistics at q - g and q + g; an open end (null) where the sample does not reach.
    /// </summary>
    /// <param name="sorted">Ascending values.</param>
    /// <param name="probability">The quantile, 0..1.</param>
    /// <param name="alpha">Level over all sample sizes together.</param>
    public static (double? Lower, double? Upper) QuantileBounds(ReadOnlySpan<double> sorted, double probability, double alpha)
    {
        var radius = Radius(sorted.Length, alpha);
        var lower = (long)Math.Ceiling((probability - radius) * sorted.Length) - 1;
        var upper = (long)Math.Floor((probability + radius) * sorted.Length);
        return (
            lower >= 0 && lower < sorted.Length ? sorted[(int)lower] : null,
            upper >= 0 && upper < sorted.Length ? sorted[(int)upper] : null);
    }
}

namespace Flyball.Engine.Statistics;

/// <summary>
/// Count, mean, spread and range of a sample, in one pass and mergeable.
/// Welford's update and the pairwise merge of Chan, Golub and LeVeque (1979): no catastrophic cancellation at large offsets.
/// </summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Arithmetic mean; 0 when empty.</param>
/// <param name="SquaredDeviations">Sum of squared deviations from the mean (often called M2).</param>
/// <param name="Min">Smallest value; null when empty.</param>
/// <param name="Max">Largest value; null when empty.</param>
public readonly record struct Moments(long Count, double Mean, double SquaredDeviations, double? Min, double? Max)
{
    /// <summary>The moments of a sample of finite values.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        var moments = default(Moments);
        foreach (var value in values)
        {
            moments = moments.Add(value);
        }

        return moments;
    }

    /// <summary>The moments of <paramref name="events"/> ones among <paramref name="count"/> zeros and ones.</summary>
    public static Moments OfBernoulli(long events, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events, count);
        if (count == 0)
        {
            return default;
        }

        var mean = (double)events / count;
        return new Moments(count, mean, mean * (1 - mean) * count, events == count ? 1 : 0, events > 0 ? 1 : 0);
    }

    /// <summary>Variance with divisor n; null when empty.</summary>
    public double? PopulationVariance => Count == 0 ? null : SquaredDeviations / Count;

    /// <summary>Variance with divisor n - 1; null below two values.</summary>
    public double? SampleVariance => Count < 2 ? null : SquaredDeviations / (Count - 1);

    public Moments Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException("Moments are defined for finite values only.", nameof(value));
        }

        var count = Count + 1;
        var delta = value - Mean;
        var mean = Mean + (delta / count);
        return new Moments(
            count,
            mean,
            SquaredDeviations + (delta * (value - mean)),
            Min is { } min ? Math.Min(min, value) : value,
            Max is { } max ? Math.Max(max, value) : value);
    }

    /// <summary>The moments of both samples together, up to rounding the same in either order.</summary>
    public Moments Merge(Moments other)
    {
        if (Count == 0)
        {
            return other;
        }

        if (other.Count == 0)
        {
            return this;
        }

        var count = Count + other.Count;
        var delta = other.Mean - Mean;
        return new Moments(
            count,
            Mean + (delta * other.Count / count),
            SquaredDeviations + other.SquaredDeviations + (delta * delta * Count * other.Count / count),
            Math.Min(Min!.Value, other.Min!.Value),
            Math.Max(Max!.Value, other.Max!.Value));
    }
}

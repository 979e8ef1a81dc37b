namespace Flyball.Engine.Statistics;

/// <summary>Score interval of a proportion (Wilson 1927): keeps its level at small counts and never leaves 0..1.</summary>
public static class Wilson
{
    /// <param name="events">Successes, 0 to <paramref name="count"/>.</param>
    /// <param name="count">Trials, at least 1.</param>
    /// <param name="confidence">Two-sided level.</param>
    public static Interval Bounds(long events, long count, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events, count);
        double z = NormalLaw.Critical(confidence), n = count, p = events / n, z2 = z * z;
        var centre = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        var half = z / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));

        // At the ends the algebra gives exactly 0 and 1; rounding does not.
        return new Interval(events == 0 ? 0 : Math.Max(0, centre - half), events == count ? 1 : Math.Min(1, centre + half));
    }
}

namespace Flyball.Engine.Statistics;

/// <summary>Log interval of a ratio of two proportions (Katz, Baptista, Azen and Pike 1978).</summary>
public static class Katz
{
    /// <summary>Bounds of (events1/count1) / (events2/count2); null when a count of events is 0, where the interval is undefined.</summary>
    public static Interval? Ratio(long events1, long count1, long events2, long count2, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count1, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count2, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events1, count1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events2, count2);
        if (events1 <= 0 || events2 <= 0)
        {
            return null;
        }

        var ratio = (double)events1 / count1 / ((double)events2 / count2);
        var factor = Math.Exp(NormalLaw.Critical(confidence)
            * Math.Sqrt((1.0 / events1) - (1.0 / count1) + (1.0 / events2) - (1.0 / count2)));
        return new Interval(ratio / factor, ratio * factor);
    }
}

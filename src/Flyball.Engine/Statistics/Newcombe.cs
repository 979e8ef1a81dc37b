namespace Flyball.Engine.Statistics;

/// <summary>Interval of a difference of two proportions from their two Wilson intervals (Newcombe 1998, method 10).</summary>
public static class Newcombe
{
    /// <summary>Bounds of p1 - p2, p1 = events1/count1.</summary>
    public static Interval Difference(long events1, long count1, long events2, long count2, double confidence = 0.95)
    {
        var first = Wilson.Bounds(events1, count1, confidence);
        var second = Wilson.Bounds(events2, count2, confidence);
        double p1 = (double)events1 / count1, p2 = (double)events2 / count2, d = p1 - p2;
        return new Interval(
            d - double.Hypot(p1 - first.Lower, second.Upper - p2),
            d + double.Hypot(first.Upper - p1, p2 - second.Lower));
    }
}

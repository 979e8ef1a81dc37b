using MathNet.Numerics;

namespace Flyball.Engine.Statistics;

/// <summary>
/// Fisher's exact test (1922) that two counts come from one proportion: conditional on their sum the first count is hypergeometric,
/// so the level holds at any size, also for counts of zero.
/// </summary>
public static class FisherExact
{
    private const double Negligible = 1e-17;

    /// <summary>Probability of at least <paramref name="events"/> of the first sample when both have one rate. Cost: the terms that count.</summary>
    /// <param name="events">Events of the first sample, 0 to <paramref name="count"/>.</param>
    /// <param name="count">Size of the first sample.</param>
    /// <param name="otherEvents">Events of the second sample.</param>
    /// <param name="otherCount">Size of the second sample.</param>
    public static double Upper(long events, long count, long otherEvents, long otherCount)
    {
        Require(events, count);
        Require(otherEvents, otherCount);
        var total = events + otherEvents;
        var most = Math.Min(count, total);
        var least = Math.Max(0, total - otherCount);
        if (events <= least)
        {
            return 1;
        }

        // The mode divides the tails: sum the one that does not hold most of the mass.
        var mode = (total + 1.0) * (count + 1.0) / (count + otherCount + 2.0);
        return events >= mode
            ? Math.Min(1, Sum(events, most, 1, count, total, otherCount))
            : Math.Clamp(1 - Sum(events - 1, least, -1, count, total, otherCount), 0, 1);
    }

    /// <summary>Twice the smaller tail, at most 1.</summary>
    public static double TwoSided(long events, long count, long otherEvents, long otherCount) =>
        Math.Min(1, 2 * Math.Min(Upper(events, count, otherEvents, otherCount), Upper(count - events, count, otherCount - otherEvents, otherCount)));

    private static double Sum(long from, long to, int step, long count, long total, long otherCount)
    {
        var term = Math.Exp(LogMass(from, count, total, otherCount));
        var sum = term;
        for (var k = from; k != to && term > sum * Negligible; k += step)
        {
            // Ratio of neighbouring hypergeometric masses.
            term *= step > 0
                ? (double)(count - k) / (k + 1) * ((total - k) / (double)(otherCount - total + k + 1))
                : (double)k / (count - k + 1) * ((otherCount - total + k) / (double)(total - k + 1));
            sum += term;
        }

        return sum;
    }

    private static double LogMass(long k, long count, long total, long otherCount) =>
        LogChoose(count, k) + LogChoose(otherCount, total - k) - LogChoose(count + otherCount, total);

    private static double LogChoose(long n, long k) =>
        SpecialFunctions.GammaLn(n + 1.0) - SpecialFunctions.GammaLn(k + 1.0) - SpecialFunctions.GammaLn(n - k + 1.0);

    private static void Require(long events, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events, count);
    }
}

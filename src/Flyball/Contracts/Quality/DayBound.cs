using Flyball.Engine.Statistics;

namespace Flyball.Contracts.Quality;

/// <summary>
/// What the worst of a new day exceeds with at most a stated probability, from the worst of earlier days, when days are exchangeable.
/// 1. With n days and (n + 1) * rate at least 1 it is an order statistic, the k-th smallest with k = ceil((1 - rate)(n + 1)): right whatever the law
/// is (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005, section 2.2). 2. With fewer days it is the upper prediction bound of a
/// lognormal law, mean + t * s * sqrt(1 + 1/n) of the logarithms, and at least one and a half times the worst day.
/// </summary>
internal static class DayBound
{
    /// <summary>Fewer days say too little: a weekend has to be among them.</summary>
    public const int FewestDays = 8;

    private const double Second = 1_000_000;

    /// <param name="worst">One value a day, ascending, in microseconds.</param>
    /// <param name="rate">Share of days of unchanged data that may exceed the bound.</param>
    /// <returns>Microseconds; null with too few days.</returns>
    public static long? Of(IReadOnlyList<long> worst, double rate)
    {
        if (worst.Count < FewestDays)
        {
            return null;
        }

        var rank = (int)Math.Ceiling((1 - rate) * (worst.Count + 1));
        if (rank <= worst.Count)
        {
            return worst[rank - 1];
        }

        var logs = Moments.Of([.. worst.Select(w => Math.Log(Math.Max(w, Second)))]);
        var bound = Math.Exp(logs.Mean + (Quantile(rate, worst.Count - 1) * Math.Sqrt(logs.SampleVariance!.Value * (1 + (1.0 / worst.Count)))));
        return (long)Math.Min(Math.Max(bound, 1.5 * worst[^1]), long.MaxValue / 2);
    }

    /// <summary>The t with P(T > t) = rate, by halving: once a check, so plain is good enough.</summary>
    private static double Quantile(double rate, long degrees)
    {
        double low = 0, high = 1_000;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = StudentLaw.TwoSided(middle, degrees) / 2 > rate ? (middle, high) : (low, middle);
        }

        return high;
    }
}

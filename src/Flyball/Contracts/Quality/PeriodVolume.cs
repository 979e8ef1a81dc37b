using System.Globalization;
using Flyball.Engine.Statistics;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Judges the rows that a source had in one whole day or hour of event time, however they came, against the buckets of the reference: a t test of one new
/// value of the logarithm, and an effect of at least a half more or a third less.
/// </summary>
internal static class PeriodVolume
{
    private const double Floor = 0.405; // ln 1.5
    private const double LeastDeviation = 0.05;

    // As volume in a batch: one test with a tenth of the share.
    private const double Share = 0.1;

    /// <param name="volume">Of the reference.</param>
    /// <param name="bucket">Number of the day or hour since 1970.</param>
    /// <param name="rows">That it had.</param>
    /// <param name="rules">Of the source.</param>
    public static Finding? Judge(VolumeReference volume, long bucket, long rows, StatisticsDefinition rules)
    {
        var log = Math.Log(rows + 0.5);
        var spread = Math.Max(volume.Deviation, LeastDeviation) * Math.Sqrt(1 + (1.0 / volume.Buckets));
        var away = log - volume.Mean;
        if (Math.Abs(away) <= Floor || StudentLaw.TwoSided(away / spread, volume.Buckets - 1) >= rules.Sensitivity * Share || (away > 0 && rows <= volume.Most))
        {
            return null;
        }

        var isDay = volume.BucketMicros == Clock.MicrosPerDay;
        var at = new EventTime(bucket * volume.BucketMicros).ToString();
        var outcome = FreshnessGate.WithoutHold(rules.Outcome);
        return new Finding(
            "volume", null, outcome, outcome == RuleOutcome.Record ? "info" : "warning",
            string.Create(CultureInfo.InvariantCulture, $"The {(isDay ? "day" : "hour")} from {at} has {rows} rows; the reference has {Math.Exp(volume.Mean):0.#} {(isDay ? "a day" : "an hour")}."),
            rows, Math.Exp(volume.Mean + (away > 0 ? Floor : -Floor)));
    }
}

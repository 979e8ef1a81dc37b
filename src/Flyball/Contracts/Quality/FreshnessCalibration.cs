using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Measures how late rows come, in the order of the log.
/// 1. A run is the rows known at one instant, or as many instants as make up a hundred rows; its age is that of its newest event when its last row was known.
/// 2. The time without news before an instant goes back to the newest event or the last arrival, whichever is longer ago. 3. Of each day the worst counts.
/// Memory: two numbers a day. Not thread-safe.
/// </summary>
internal sealed class FreshnessCalibration
{
    private readonly SortedDictionary<long, long> ages = [];
    private readonly SortedDictionary<long, long> gaps = [];
    private long runRows;
    private long runNewest = long.MinValue;
    private long newest = long.MinValue;
    private long known = long.MinValue;

    public void Add(long eventTimeMicros, long knownAtMicros)
    {
        if (knownAtMicros != known)
        {
            EndRun();
            if (known != long.MinValue)
            {
                Keep(gaps, knownAtMicros, Math.Max(0, knownAtMicros - Math.Min(newest, known)));
            }
        }

        runRows++;
        runNewest = Math.Max(runNewest, eventTimeMicros);
        newest = Math.Max(newest, eventTimeMicros);
        known = Math.Max(known, knownAtMicros);
    }

    /// <summary>Null with fewer days than a bound takes.</summary>
    public FreshnessReference? Build()
    {
        EndRun();
        var late = ages.Values.Any(a => a > 0) ? ages.Values.Order().ToList() : [];
        return gaps.Count < DayBound.FewestDays ? null : new FreshnessReference(late, [.. gaps.Values.Order()]);
    }

    private void EndRun()
    {
        if (runRows >= StatisticalGate.FewestRows)
        {
            Keep(ages, known, Math.Max(0, known - runNewest));
            runRows = 0;
            runNewest = long.MinValue;
        }
    }

    private static void Keep(SortedDictionary<long, long> days, long at, long value)
    {
        var day = StatisticalCounts.Bucket(at, Clock.MicrosPerDay);
        days[day] = Math.Max(days.GetValueOrDefault(day), value);
    }
}

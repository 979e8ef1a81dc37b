namespace Flyball.Storage.Indexes;

/// <summary>Where records of one group lie within a stretch of the log, and in which time.</summary>
/// <param name="Group">The group.</param>
/// <param name="First">Position of the first of them.</param>
/// <param name="Last">Position of the last; records of other groups may lie between.</param>
/// <param name="Earliest">The least of their times, microseconds.</param>
/// <param name="Latest">The greatest.</param>
public readonly record struct IndexSpan(string Group, long First, long Last, long Earliest, long Latest)
{
    internal IndexSpan With(long seq, long micros) =>
        this with { Last = seq, Earliest = Math.Min(Earliest, micros), Latest = Math.Max(Latest, micros) };
}

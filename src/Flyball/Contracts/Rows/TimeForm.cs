using Flyball.Engine.Time;

namespace Flyball.Contracts.Rows;

/// <summary>
/// How a contract says that times are written: in a pattern, or in ISO 8601's usual forms with the offset left to a zone. Reading allocates
/// nothing and makes no guess.
/// </summary>
/// <param name="pattern">Null for ISO 8601: <c>2026-01-31</c>, <c>2026-01-31 13:45</c>, <c>2026-01-31T13:45:00.123+01:00</c>.</param>
/// <param name="zone">Where a time without an offset was read off the clock.</param>
/// <param name="needsOffset">A time without an offset is refused.</param>
internal sealed class TimeForm(TimePattern? pattern, LocalZone zone, bool needsOffset)
{
    public LocalZone Zone => zone;

    /// <summary>The form in words, for the problem of a value that is not in it.</summary>
    public string Described => (pattern is null ? "a date or time such as 2026-01-31 13:45:00" : $"of the form {pattern.Text}") + (needsOffset ? " with an offset" : "");

    /// <summary>Reads a point in time as microseconds since the Unix epoch.</summary>
    public TimeReading TryRead(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        var parts = TimeParts.Empty;
        if (!(pattern is null ? IsoTime.TryRead(text, ref parts) : pattern.TryRead(text, ref parts)) || !parts.TryToLocal(out var local))
        {
            return TimeReading.Malformed;
        }

        if (parts.HasOffset)
        {
            return LocalZone.Utc.TryToUtc(local - (parts.OffsetSeconds * 1_000_000L), out micros) ? TimeReading.Good : TimeReading.Malformed;
        }

        return needsOffset ? TimeReading.Malformed : zone.TryToUtc(local, out micros) ? TimeReading.Good : TimeReading.Skipped;
    }

    /// <summary>Reads a day as its midnight in UTC, without any zone; a time of day must be midnight.</summary>
    public bool TryReadDate(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        var parts = TimeParts.Empty;
        return (pattern is null ? IsoTime.TryRead(text, ref parts) : pattern.TryRead(text, ref parts)) && parts.TryToLocal(out micros) && micros % Clock.MicrosPerDay == 0;
    }

    /// <summary>Reads a time of day as microseconds since midnight.</summary>
    public bool TryReadTime(ReadOnlySpan<byte> text, out long micros)
    {
        var parts = TimeParts.Empty;
        var good = pattern is null ? IsoTime.TryReadTime(text, ref parts) : pattern.TryRead(text, ref parts);
        micros = parts.MicrosOfDay;
        return good && parts.IsTimeOfDay;
    }
}

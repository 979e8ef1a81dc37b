using System.Collections.Concurrent;

namespace Flyball.Engine.Expressions;

/// <summary>
/// Local time in a named zone. The rules are those of the system's IANA database, so a zone whose law changed can differ between machines
/// that were updated and machines that were not; UTC cannot.
/// </summary>
internal static class TimeZones
{
    private static readonly ConcurrentDictionary<string, TimeZoneInfo> Known = new(StringComparer.Ordinal);

    /// <summary>Null when the system knows no zone of this name.</summary>
    public static TimeZoneInfo? Find(string name) =>
        Known.TryGetValue(name, out var zone) ? zone
        : Load(name) is { } loaded ? Known.GetOrAdd(name, loaded)
        : null;

    /// <summary>
    /// The instant of a local time. A time that a forward change skips is read with the offset before the change, which makes a skipped
    /// midnight the change itself; one that comes twice is the one with the preferred offset, else the earlier.
    /// </summary>
    public static DateTime ToUtc(DateTime local, TimeZoneInfo zone, TimeSpan preferredOffset)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            var offset = Array.IndexOf(offsets, preferredOffset) >= 0 ? preferredOffset : offsets.Max();
            return Shifted(local, offset);
        }

        // Three hours before a gap lies its old offset: no zone has changed twice so close together.
        var known = zone.IsInvalidTime(local) ? zone.GetUtcOffset(Shifted(local, TimeSpan.FromHours(3))) : zone.GetUtcOffset(local);
        return Shifted(local, known);
    }

    private static DateTime Shifted(DateTime local, TimeSpan back)
    {
        var ticks = Math.Clamp(local.Ticks - back.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        return new DateTime(ticks, local.Kind);
    }

    private static TimeZoneInfo? Load(string name)
    {
        try
        {
            return name.Length is > 0 and <= 64 && !name.Contains("..", StringComparison.Ordinal) && !name.StartsWith('/') ? TimeZoneInfo.FindSystemTimeZoneById(name) : null;
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or UnauthorizedAccessException or IOException or System.Security.SecurityException)
        {
            return null;
        }
    }
}

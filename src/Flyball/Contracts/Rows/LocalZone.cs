using Flyball.Engine.Time;

namespace Flyball.Contracts.Rows;

/// <summary>
/// The zone of times that are written without an offset. A time that the zone's clocks skip in spring is none; one that they show twice in autumn is the
/// earlier of the two instants.
/// </summary>
internal sealed class LocalZone
{
    private static readonly long Earliest = Clock.ToMicros(DateTimeOffset.MinValue);
    private static readonly long Latest = Clock.ToMicros(DateTimeOffset.MaxValue);

    private readonly TimeZoneInfo? zone;

    private LocalZone(string name, TimeZoneInfo? zone)
    {
        Name = name;
        this.zone = zone;
    }

    public static LocalZone Utc { get; } = new("UTC", null);

    public string Name { get; }

    /// <summary>The zone of an IANA name such as <c>Europe/Paris</c>; null when this machine knows none of that name.</summary>
    public static LocalZone? Find(string name)
    {
        if (name is "UTC" or "Etc/UTC" or "Z" or "GMT" or "Etc/GMT" or "Etc/Zulu")
        {
            return Utc;
        }

        return name.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? new LocalZone(name, found) : null;
    }

    /// <param name="local">Microseconds of the wall clock since 1970-01-01T00:00.</param>
    /// <param name="micros">Microseconds since the Unix epoch.</param>
    /// <returns>False for a time that the clocks skip, and for one that UTC would put outside the years 1 to 9999.</returns>
    public bool TryToUtc(long local, out long micros)
    {
        micros = local;
        if (zone is not null)
        {
            var wall = Clock.FromMicros(local).DateTime;
            if (zone.IsInvalidTime(wall))
            {
                return false;
            }

            // Of two instants, the earlier one has the larger offset.
            var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
            micros = local - (offset.Ticks / TimeSpan.TicksPerMicrosecond);
        }

        return micros >= Earliest && micros <= Latest;
    }
}

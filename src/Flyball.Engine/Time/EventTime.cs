using System.Globalization;

namespace Flyball.Engine.Time;

/// <summary>When a fact was true: integer microseconds since 1970-01-01T00:00:00Z. Never a float.</summary>
/// <param name="Micros">Microseconds since the Unix epoch, UTC.</param>
public readonly record struct EventTime(long Micros) : IComparable<EventTime>
{
    /// <summary>Converts a point in time, keeping microseconds and dropping the odd 100 ns tick.</summary>
    public static EventTime From(DateTimeOffset at) => new(Clock.ToMicros(at));

    public DateTimeOffset ToDateTimeOffset() => Clock.FromMicros(Micros);

    public int CompareTo(EventTime other) => Micros.CompareTo(other.Micros);

    public static bool operator <(EventTime a, EventTime b) => a.Micros < b.Micros;

    public static bool operator >(EventTime a, EventTime b) => a.Micros > b.Micros;

    public static bool operator <=(EventTime a, EventTime b) => a.Micros <= b.Micros;

    public static bool operator >=(EventTime a, EventTime b) => a.Micros >= b.Micros;

    /// <summary>RFC 3339 in UTC with as many fraction digits as needed.</summary>
    public override string ToString() =>
        ToDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}

namespace Flyball.Engine.Time;

/// <summary>When the system could first have used a row: assigned at append, or mapped by an import that states where it comes from.</summary>
/// <param name="Micros">Microseconds since the Unix epoch, UTC.</param>
public readonly record struct KnownAt(long Micros) : IComparable<KnownAt>
{
    public static KnownAt From(DateTimeOffset at) => new(Clock.ToMicros(at));

    public DateTimeOffset ToDateTimeOffset() => Clock.FromMicros(Micros);

    public int CompareTo(KnownAt other) => Micros.CompareTo(other.Micros);

    public static bool operator <(KnownAt a, KnownAt b) => a.Micros < b.Micros;

    public static bool operator >(KnownAt a, KnownAt b) => a.Micros > b.Micros;

    public static bool operator <=(KnownAt a, KnownAt b) => a.Micros <= b.Micros;

    public static bool operator >=(KnownAt a, KnownAt b) => a.Micros >= b.Micros;

    public override string ToString() => new EventTime(Micros).ToString();
}

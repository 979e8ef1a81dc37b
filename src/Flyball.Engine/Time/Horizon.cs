using System.Globalization;

namespace Flyball.Engine.Time;

/// <summary>A position in the event log: a row is inside the horizon when its sequence number is at most <see cref="Seq"/>.</summary>
/// <param name="Seq">Sequence number of the last row that may be seen; 0 is the empty log.</param>
public readonly record struct Horizon(long Seq) : IComparable<Horizon>
{
    /// <summary>No limit: whatever the log holds.</summary>
    public static Horizon Unbounded => new(long.MaxValue);

    public int CompareTo(Horizon other) => Seq.CompareTo(other.Seq);

    public static bool operator <(Horizon a, Horizon b) => a.Seq < b.Seq;

    public static bool operator >(Horizon a, Horizon b) => a.Seq > b.Seq;

    public static bool operator <=(Horizon a, Horizon b) => a.Seq <= b.Seq;

    public static bool operator >=(Horizon a, Horizon b) => a.Seq >= b.Seq;

    public override string ToString() => Seq.ToString(CultureInfo.InvariantCulture);
}

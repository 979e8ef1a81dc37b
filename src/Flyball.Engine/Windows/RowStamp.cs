using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>The place of a row in the one total order: event time, then when it was known, then its position in the log.</summary>
/// <param name="EventTime">When the fact was true.</param>
/// <param name="KnownAt">When the system could first have used it.</param>
/// <param name="Seq">Append ordinal, unique in a log.</param>
public readonly record struct RowStamp(EventTime EventTime, KnownAt KnownAt, long Seq) : IComparable<RowStamp>
{
    public int CompareTo(RowStamp other)
    {
        var order = EventTime.CompareTo(other.EventTime);
        order = order != 0 ? order : KnownAt.CompareTo(other.KnownAt);
        return order != 0 ? order : Seq.CompareTo(other.Seq);
    }

    public static bool operator <(RowStamp a, RowStamp b) => a.CompareTo(b) < 0;

    public static bool operator >(RowStamp a, RowStamp b) => a.CompareTo(b) > 0;

    public static bool operator <=(RowStamp a, RowStamp b) => a.CompareTo(b) <= 0;

    public static bool operator >=(RowStamp a, RowStamp b) => a.CompareTo(b) >= 0;
}

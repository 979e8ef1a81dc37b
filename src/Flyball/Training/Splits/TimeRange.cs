using Flyball.Engine.Time;

namespace Flyball.Training.Splits;

/// <summary>A stretch of event time: <see cref="From"/> belongs to it, <see cref="Until"/> does not.</summary>
public readonly record struct TimeRange(EventTime From, EventTime Until)
{
    public bool Contains(EventTime at) => at >= From && at < Until;

    public override string ToString() => $"[{From}, {Until})";
}

using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>A visibility at one instant and horizon, as three limits: on the event time, on the time of knowing, on the position in the log.</summary>
internal readonly struct VisibilityCut
{
    public VisibilityCut(Visibility visibility, EventTime t, Horizon horizon)
    {
        var usable = Saturating.Subtract(visibility.KnownBy?.Micros ?? t.Micros, visibility.DeclaredDelayMicros);
        SeqLimit = horizon.Seq;
        KnownLimit = visibility.Mode == VisibilityMode.AsKnown ? usable : long.MaxValue;
        EventTimeEnd = visibility.Mode == VisibilityMode.SimulatedDelay
            ? Saturating.Add(Saturating.Subtract(usable, visibility.SimulatedDelayMicros), 1)
            : long.MaxValue;
    }

    /// <summary>A simulated delay shows what is true before this instant: rows are sorted by it, so it is a cut like the window's end.</summary>
    public long EventTimeEnd { get; }

    public long KnownLimit { get; }

    public long SeqLimit { get; }

    /// <summary>Whether the question may know of a row, wherever in time its fact lies.</summary>
    public bool Knows(long eventTime, long knownAt, long seq) => knownAt <= KnownLimit && seq <= SeqLimit && eventTime < EventTimeEnd;
}

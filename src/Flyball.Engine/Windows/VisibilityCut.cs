using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>A visibility at one instant and horizon, as three limits: on the event time, on the time of knowing, on the position in the log.</summary>
internal readonly struct VisibilityCut
{
    public VisibilityCut(Visibility visibility, EventTime t, Horizon horizon)
    {
        var usable = Saturating.Subtract(t.Micros, visibility.DeclaredDelayMicros);
        SeqLimit = horizon.Seq;
        KnownLimit = visibility.Mode == VisibilityMode.AsKnown ? usable : long.MaxValue;
        EventTimeEnd = visibility.Mode == VisibilityMode.SimulatedDelay
            ? Math.Min(t.Micros, Saturating.Add(Saturating.Subtract(usable, visibility.SimulatedDelayMicros), 1))
            : t.Micros;
    }

    /// <summary>A visible row is true before this instant: rows are sorted by it, so a simulated delay is a cut like the window's end.</summary>
    public long EventTimeEnd { get; }

    public long KnownLimit { get; }

    public long SeqLimit { get; }
}

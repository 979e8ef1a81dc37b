namespace Flyball.Registry.Gates;

/// <summary>The scale of a metric.</summary>
public enum GateMetricKind
{
    /// <summary>From 0 to 1; a percentage may be written.</summary>
    Share,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>A time, counted in microseconds; written with a unit.</summary>
    Duration,
}

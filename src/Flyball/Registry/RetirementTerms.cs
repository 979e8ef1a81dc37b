using Flyball.Engine.Time;

namespace Flyball.Registry;

/// <summary>How a version is retired.</summary>
/// <param name="KeepMicros">How long it is kept before it can be deleted, in microseconds; null for a year.</param>
/// <param name="IdleMicros">How long it must have answered nobody, in microseconds; null for a week.</param>
/// <param name="IsForced">Retired although it answered lately: needs a reason, and the audit log says so. What needs the version now is never overridden.</param>
public sealed record RetirementTerms(long? KeepMicros = null, long? IdleMicros = null, bool IsForced = false)
{
    /// <summary>A week.</summary>
    public const long UsualIdleMicros = 7 * Clock.MicrosPerDay;
}

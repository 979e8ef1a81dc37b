using System.Text.Json.Serialization;
using Flyball.Engine.Identity;

namespace Flyball.Rollout;

/// <summary>One rollout as the catalog keeps it.</summary>
/// <param name="Id">Names the rollout and salts the assignment of units.</param>
/// <param name="Champion">The version it is compared with: the champion when it started.</param>
/// <param name="State">One of <see cref="RolloutStates"/>.</param>
/// <param name="Step">Index into the definition's steps.</param>
/// <param name="Definition">Frozen at the start: applying another one does not change a rollout under way.</param>
/// <param name="StartedAt">RFC 3339.</param>
/// <param name="StartedMicros">The same instant in microseconds.</param>
/// <param name="Reason">Why it is where it is.</param>
public sealed record RolloutRun(
    string Id,
    string Model,
    int Version,
    Digest Digest,
    int Champion,
    string State,
    int Step,
    RolloutDefinition Definition,
    string StartedBy,
    string StartedAt,
    [property: JsonIgnore] long StartedMicros,
    string ChangedAt,
    string? Reason)
{
    public bool IsActive => RolloutStates.IsActive(State);

    /// <summary>Share of the units on trial while the rollout is active.</summary>
    public decimal Share => Definition.Steps[Step];
}

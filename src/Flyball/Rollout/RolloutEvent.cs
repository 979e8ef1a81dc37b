namespace Flyball.Rollout;

/// <summary>One transition of a rollout.</summary>
/// <param name="Kind"><c>start</c>, <c>step</c>, <c>hold</c>, <c>promote</c>, <c>promoted</c>, <c>rollback</c> or <c>abort</c>.</param>
/// <param name="DecidedPosition">Position of the prediction log up to which the evidence was read.</param>
/// <param name="SettledPosition">
/// Position after which every prediction was made under the new traffic plan; what lies between the two counts for no step. Null until
/// that is known.
/// </param>
/// <param name="HappenedAt">RFC 3339.</param>
public sealed record RolloutEvent(int Ordinal, string Kind, int Step, long DecidedPosition, long? SettledPosition, string Actor, string? Reason, string HappenedAt)
{
    /// <summary>Whether the event opened a step, and so divides the evidence.</summary>
    public bool OpensStep => Kind is "start" or "step";
}

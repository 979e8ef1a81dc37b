using System.Diagnostics.CodeAnalysis;
using Flyball.Engine.Problems;

namespace Flyball.Rollout;

/// <summary>A rollout after a call, or every condition that the call failed.</summary>
public sealed record RolloutOutcome
{
    private RolloutOutcome(RolloutStatus? status, IReadOnlyList<Problem> problems) => (Status, Problems) = (status, problems);

    public RolloutStatus? Status { get; }

    public IReadOnlyList<Problem> Problems { get; }

    [MemberNotNullWhen(true, nameof(Status))]
    public bool Ok => Status is not null;

    /// <summary>The rollout of an outcome that is ok.</summary>
    public RolloutRun Rollout => Status?.Rollout ?? throw new InvalidOperationException("The call was refused: there is no rollout.");

    internal static RolloutOutcome Of(RolloutStatus status) => new(status, []);

    internal static RolloutOutcome Refused(params IReadOnlyList<Problem> problems) => new(null, problems);
}

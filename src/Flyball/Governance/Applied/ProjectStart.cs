using Flyball.Contracts.Versions;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>What a server starts with.</summary>
/// <param name="Plan">The definitions in force.</param>
/// <param name="Earlier">Earlier contract versions accepted beside them.</param>
/// <param name="Waiting">What the folder says beyond that and what speaks against it; null when it is in force whole.</param>
public sealed record ProjectStart(ProjectPlan Plan, EarlierContracts Earlier, ProjectProposal? Waiting)
{
    /// <summary>Where the plan comes from.</summary>
    public AppliedSource? Source { get; init; }
}

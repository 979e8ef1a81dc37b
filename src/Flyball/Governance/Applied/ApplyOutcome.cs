using Flyball.Engine.Problems;

namespace Flyball.Governance.Applied;

/// <summary>An apply, or what refused it.</summary>
/// <param name="Proposal">What was to be applied.</param>
/// <param name="Apply">Null when it was refused, or when there was nothing to apply.</param>
/// <param name="Problems">Empty unless it was refused.</param>
public sealed record ApplyOutcome(ProjectProposal Proposal, ProjectApply? Apply, IReadOnlyList<Problem> Problems);

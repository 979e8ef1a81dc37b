using Flyball.Engine.Problems;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>A project folder, read and checked whole: the sections of all stages included.</summary>
/// <param name="Plan">Null when there is a problem.</param>
/// <param name="Problems">All of them.</param>
public sealed record ProjectReading(ProjectPlan? Plan, IReadOnlyList<Problem> Problems);

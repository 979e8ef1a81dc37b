using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>A foreign key, compiled: the values of these columns, when none is null, are those of one row of the target.</summary>
/// <param name="Fields">Positions of the columns, in the order of the target's.</param>
/// <param name="TargetSource">The source referred to; it is in the same project.</param>
/// <param name="TargetFields">Its columns, of the same types.</param>
/// <param name="Where">The relationship in its file.</param>
public sealed record RelationshipPlan(IReadOnlyList<int> Fields, string TargetSource, IReadOnlyList<string> TargetFields, ProblemLocation Where);

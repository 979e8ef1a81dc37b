using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A text in which the pattern is found, within the pattern's bound on work.</summary>
internal sealed class PatternCheck(BoundedPattern pattern, Problem broken) : IFieldCheck
{
    public Problem Broken => broken;

    /// <summary>As the contract has it, in the words of ECMA-262.</summary>
    public required string Written { get; init; }

    public bool Holds(in Value value) => pattern.IsMatch(value.AsText);
}

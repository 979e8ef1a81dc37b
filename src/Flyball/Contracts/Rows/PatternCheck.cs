using System.Text.RegularExpressions;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A text in which the pattern is found. The engine does not backtrack: time is linear in the text, whatever the pattern.</summary>
internal sealed class PatternCheck(Regex pattern, Problem broken) : IFieldCheck
{
    public Problem Broken => broken;

    public bool Holds(in Value value) => pattern.IsMatch(value.AsText);
}

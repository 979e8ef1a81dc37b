using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>One of the values that the contract lists.</summary>
internal sealed class AllowedCheck(HashSet<Value> allowed, Problem broken) : IFieldCheck
{
    public Problem Broken => broken;

    public bool Holds(in Value value) => allowed.Contains(value);
}

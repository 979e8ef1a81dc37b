using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>An integer within closed bounds.</summary>
internal sealed class IntegerRangeCheck(long least, long most, Problem broken) : IRangeCheck
{
    public Problem Broken => broken;

    public ValueRange Range => ValueRange.Of(least, most);

    public bool Holds(in Value value) => value.AsInteger >= least && value.AsInteger <= most;
}

using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A point in time within closed bounds, in microseconds.</summary>
internal sealed class TimestampRangeCheck(long least, long most, Problem broken) : IRangeCheck
{
    public Problem Broken => broken;

    public ValueRange Range => ValueRange.Of(least, most);

    public bool Holds(in Value value) => value.AsTimestamp.Micros >= least && value.AsTimestamp.Micros <= most;
}

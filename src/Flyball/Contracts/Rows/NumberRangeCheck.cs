using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A number within bounds, each closed or open.</summary>
internal sealed class NumberRangeCheck(double least, bool leastIsOpen, double most, bool mostIsOpen, Problem broken) : IRangeCheck
{
    public Problem Broken => broken;

    public ValueRange Range => new(least > double.MinValue || leastIsOpen ? least : null, leastIsOpen, most < double.MaxValue || mostIsOpen ? most : null, mostIsOpen);

    public bool Holds(in Value value)
    {
        var number = value.AsNumber;
        return (leastIsOpen ? number > least : number >= least) && (mostIsOpen ? number < most : number <= most);
    }
}

using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A number within bounds, each closed or open.</summary>
internal sealed class NumberRangeCheck(double least, bool leastIsOpen, double most, bool mostIsOpen, Problem broken) : IFieldCheck
{
    public Problem Broken => broken;

    public bool Holds(in Value value)
    {
        var number = value.AsNumber;
        return (leastIsOpen ? number > least : number >= least) && (mostIsOpen ? number < most : number <= most);
    }
}

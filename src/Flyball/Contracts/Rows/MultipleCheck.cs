using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A multiple of a step. It counts in decimals, so that 0.3 is a multiple of 0.1; a number beyond decimals is none.</summary>
internal sealed class MultipleCheck(decimal step, Problem broken) : IFieldCheck
{
    private const double Largest = 1e27;

    public Problem Broken => broken;

    public decimal Step => step;

    public bool Holds(in Value value)
    {
        if (value.Kind == ScalarType.Integer)
        {
            return value.AsInteger % step == 0;
        }

        var number = value.AsNumber;
        return Math.Abs(number) < Largest && (decimal)number % step == 0;
    }
}

using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>mean(x)</c>: the sum, rounded to a double, divided by the count of the values that entered.</summary>
internal sealed class MeanAggregate() : Aggregate("mean")
{
    public override string Accepts => "a number";

    public override AggregateFold? Of(ScalarType type) => type switch
    {
        ScalarType.Integer => new OfIntegers(),
        ScalarType.Number => new OfNumbers(),
        _ => null,
    };

    private sealed class OfIntegers() : AggregateFold(ScalarType.Number, InputStorage.Integers)
    {
        public override Value Fold(in WindowRows rows, in InputSpan input, out long entered)
        {
            var sum = TileFold.Of<ExactSum>(rows, input);
            entered = sum.Entered;
            return Value.FromNumber((double)sum.Total / entered);
        }
    }

    private sealed class OfNumbers() : AggregateFold(ScalarType.Number, InputStorage.Numbers)
    {
        public override Value Fold(in WindowRows rows, in InputSpan input, out long entered)
        {
            var sum = TileFold.Of<CompensatedSum>(rows, input);
            entered = sum.Entered;
            return Value.FromNumber(sum.Total / entered);
        }
    }
}

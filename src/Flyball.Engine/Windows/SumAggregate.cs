using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>sum(x)</c>: exact for integers (null beyond 64 bits), compensated for numbers (null beyond the largest double).</summary>
internal sealed class SumAggregate() : Aggregate("sum")
{
    public override string Accepts => "a number";

    public override AggregateFold? Of(ScalarType type) => type switch
    {
        ScalarType.Integer => new Exact(),
        ScalarType.Number => new Compensated(),
        _ => null,
    };

    private sealed class Exact() : AggregateFold(ScalarType.Integer, InputStorage.Integers)
    {
        public override Value Fold(in WindowRows rows, in InputSpan input, out long entered)
        {
            var sum = TileFold.Of<ExactSum>(rows, input);
            entered = sum.Entered;
            return sum.Total >= long.MinValue && sum.Total <= long.MaxValue ? Value.FromInteger((long)sum.Total) : Value.Null;
        }
    }

    private sealed class Compensated() : AggregateFold(ScalarType.Number, InputStorage.Numbers)
    {
        public override Value Fold(in WindowRows rows, in InputSpan input, out long entered)
        {
            var sum = TileFold.Of<CompensatedSum>(rows, input);
            entered = sum.Entered;
            return Value.FromNumber(sum.Total);
        }
    }
}

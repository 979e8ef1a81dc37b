using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>min(x)</c> and <c>max(x)</c>: by value, of integers, numbers and timestamps; exact.</summary>
internal sealed class ExtremeAggregate<TDirection>(string name) : Aggregate(name)
    where TDirection : struct, IDirection
{
    public override string Accepts => "a number or a timestamp";

    public override AggregateFold? Of(ScalarType type) => type switch
    {
        ScalarType.Integer or ScalarType.Timestamp => new OfIntegers(type),
        ScalarType.Number => new OfNumbers(),
        _ => null,
    };

    private sealed class OfIntegers(ScalarType type) : AggregateFold(type, InputStorage.Integers)
    {
        public override Value Fold(in WindowRows rows, in InputSpan input, out long entered)
        {
            var extreme = TileFold.Of<IntegerExtreme<TDirection>>(rows, input);
            entered = extreme.Entered;
            return Type == ScalarType.Integer ? Value.FromInteger(extreme.Kept) : Value.FromTimestamp(extreme.Kept);
        }
    }

    private sealed class OfNumbers() : AggregateFold(ScalarType.Number, InputStorage.Numbers)
    {
        public override Value Fold(in WindowRows rows, in InputSpan input, out long entered)
        {
            var extreme = TileFold.Of<NumberExtreme<TDirection>>(rows, input);
            entered = extreme.Entered;
            return Value.FromNumber(extreme.Kept);
        }
    }
}

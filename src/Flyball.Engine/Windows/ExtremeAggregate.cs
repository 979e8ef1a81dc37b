using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>min(x)</c> and <c>max(x)</c>: by value, of integers, numbers and timestamps; exact.</summary>
internal sealed class ExtremeAggregate(string name, bool greatest) : Aggregate(name)
{
    public override string Accepts => "a number or a timestamp";

    public override AggregateFold? Of(ScalarType type, FoldOptions options) => type switch
    {
        ScalarType.Integer or ScalarType.Timestamp => new OfIntegers(type, greatest),
        ScalarType.Number => new OfNumbers(greatest),
        _ => null,
    };

    private sealed class OfIntegers(ScalarType type, bool greatest)
        : AggregateFold(type, InputStorage.Integers, new(Least: !greatest, Greatest: greatest))
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            var best = greatest ? long.MinValue : long.MaxValue;
            foreach (var run in input.Runs)
            {
                best = greatest ? input.Index!.Greatest(input.Column!, run.First, run.End, best) : input.Index!.Least(input.Column!, run.First, run.End, best);
            }

            value = OfBits(Type, best);
            return input.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }

    private sealed class OfNumbers(bool greatest) : AggregateFold(ScalarType.Number, InputStorage.Numbers, new(Least: !greatest, Greatest: greatest))
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            var best = greatest ? double.NegativeInfinity : double.PositiveInfinity;
            foreach (var run in input.Runs)
            {
                best = greatest ? input.Index!.Greatest(input.Column!, run.First, run.End, best) : input.Index!.Least(input.Column!, run.First, run.End, best);
            }

            value = Value.FromNumber(best);
            return input.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }
}

using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>count()</c>: rows; <c>count(x)</c>: rows where x is not null.</summary>
internal sealed class CountAggregate() : Aggregate("count")
{
    public override string Accepts => "any value";

    public override ArgumentRule Argument => ArgumentRule.Optional;

    public override AggregateFold OfRows(FoldOptions options) => new Counting(options.Conditioned ? InputStorage.Presence : null);

    public override AggregateFold Of(ScalarType type, FoldOptions options) => new Counting(InputStorage.Presence);

    private sealed class Counting(InputStorage? storage) : AggregateFold(ScalarType.Integer, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            value = Value.FromInteger(input.Count);
            return input.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }
}

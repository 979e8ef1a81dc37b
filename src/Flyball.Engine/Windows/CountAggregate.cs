using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>count()</c>: rows; <c>count(x)</c>: rows where x is not null.</summary>
internal sealed class CountAggregate() : Aggregate("count")
{
    public override string Accepts => "any value";

    public override bool CountsRows => true;

    public override AggregateFold OfRows(bool conditioned) =>
        conditioned ? new Counting<PresenceCountState>(InputStorage.Presence) : new Counting<RowCountState>(null);

    public override AggregateFold Of(ScalarType type) => new Counting<PresenceCountState>(InputStorage.Presence);

    private sealed class Counting<TState>(InputStorage? storage) : AggregateFold(ScalarType.Integer, storage)
        where TState : struct, ITileState<TState>
    {
        public override Value Fold(in WindowRows rows, in InputSpan input, out long entered)
        {
            entered = TileFold.Of<TState>(rows, input).Entered;
            return Value.FromInteger(entered);
        }
    }
}

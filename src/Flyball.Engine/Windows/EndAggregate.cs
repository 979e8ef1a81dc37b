using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>
/// <c>first(x)</c>, <c>last(x)</c> and <c>latest(x)</c>: the value of the row at one end of the total order, null when that row's is null unless
/// <c>ignore_nulls</c>. The window of <c>latest</c> includes the instant itself: it is what is known then, not what came before an event.
/// </summary>
internal sealed class EndAggregate(string name, bool first, bool closed) : Aggregate(name)
{
    public override string Accepts => "any value";

    public override bool SeesNulls => true;

    public override bool IsClosed => closed;

    public override AggregateFold Of(ScalarType type, FoldOptions options) => new AtEnd(type, StorageOf(type), first, !options.IgnoresNulls);

    private sealed class AtEnd(ScalarType type, InputStorage storage, bool first, bool orNull) : AggregateFold(type, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            var row = first ? input.FirstWithValue(orNull) : input.LastWithValue(orNull);
            value = row < 0 ? Value.Null : input.Column!.ValueAt(row, Type);
            return row < 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }
}

using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>time_since_last()</c>: seconds from the last row of the window to the instant; with an argument, from the last where it is not null.</summary>
internal sealed class TimeSinceLastAggregate() : Aggregate("time_since_last")
{
    private const double MicrosPerSecond = 1e6;

    public override string Accepts => "any value";

    public override ArgumentRule Argument => ArgumentRule.Optional;

    public override AggregateFold OfRows(FoldOptions options) => new Age(options.Conditioned ? InputStorage.Presence : null);

    public override AggregateFold Of(ScalarType type, FoldOptions options) => new Age(InputStorage.Presence);

    private sealed class Age(InputStorage? storage) : AggregateFold(ScalarType.Number, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            var row = input.LastWithValue(orNull: false);
            value = row < 0 ? Value.Null : Value.FromNumber((double)((Int128)input.T - input.Times[row]) / MicrosPerSecond);
            return row < 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }
}

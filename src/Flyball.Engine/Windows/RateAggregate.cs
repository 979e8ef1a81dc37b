using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>rate()</c>: rows a second over the length of the window; <c>rate('hour')</c>: rows an hour.</summary>
internal sealed class RateAggregate() : Aggregate("rate")
{
    private const string Default = "second";

    public override string Accepts => "no value";

    public override ArgumentRule Argument => ArgumentRule.None;

    public override string Constant => "'second', 'minute', 'hour', 'day' or 'week'";

    public override bool ConstantIsOptional => true;

    public override bool Takes(in Value constant) => constant.Kind == ScalarType.Text && MicrosOf(constant.Text) != 0;

    public override AggregateFold OfRows(FoldOptions options) =>
        new PerUnit(options.Conditioned ? InputStorage.Presence : null, MicrosOf(options.Constant.IsNull ? Default : options.Constant.Text), options.WindowMicros);

    private static long MicrosOf(string unit) => unit switch
    {
        "second" => 1_000_000,
        "minute" => 60_000_000,
        "hour" => 3_600_000_000,
        "day" => Time.Clock.MicrosPerDay,
        "week" => 7 * Time.Clock.MicrosPerDay,
        _ => 0,
    };

    private sealed class PerUnit(InputStorage? storage, long unit, long window) : AggregateFold(ScalarType.Number, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            value = Value.FromNumber((double)input.Count * unit / window);
            return input.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }
    }
}

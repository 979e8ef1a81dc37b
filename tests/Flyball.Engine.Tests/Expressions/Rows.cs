using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Engine.Tests.Expressions;

/// <summary>One row with a value of every type, and with a null of every type.</summary>
internal static class Rows
{
    public static readonly RowSchema Schema = new(
    [
        new("amount", ScalarType.Number), new("n", ScalarType.Integer), new("big", ScalarType.Integer), new("least", ScalarType.Integer),
        new("country", ScalarType.Text), new("paid", ScalarType.Boolean), new("event_time", ScalarType.Timestamp),
        new("no_amount", ScalarType.Number), new("no_n", ScalarType.Integer), new("no_country", ScalarType.Text),
        new("no_paid", ScalarType.Boolean), new("no_time", ScalarType.Timestamp),
        new("customer_activity.amount_mean_7d", ScalarType.Number), new("and", ScalarType.Integer), new("delay", ScalarType.Integer),
    ]);

    // 2026-11-21T05:30:00.000001Z, a Saturday.
    public static readonly Value[] Row =
    [
        Value.FromNumber(12.5), Value.FromInteger(7), Value.FromInteger(long.MaxValue), Value.FromInteger(long.MinValue),
        Value.FromText("DE"), Value.FromBoolean(true), Value.FromTimestamp(new EventTime(1_795_239_000_000_001)),
        Value.Null, Value.Null, Value.Null, Value.Null, Value.Null,
        Value.FromNumber(2.5), Value.FromInteger(3), Value.FromInteger(4),
    ];

    public static RowPlan Bind(string text)
    {
        var outcome = RowBinder.Bind(text, Schema);
        Assert.True(outcome.Succeeded, $"{text}: {string.Join(' ', outcome.Problems)}");
        return outcome.Plan;
    }

    public static Value Evaluate(string text) => Bind(text).Evaluate(Row);
}

using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Engine.Tests.Expressions;

public sealed class EvaluationTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "Integer 7")]
    [InlineData("(1 + 2) * 3", "Integer 9")]
    [InlineData("10 - 4 - 3", "Integer 3")]
    [InlineData("-n + 1", "Integer -6")]
    [InlineData("- -n", "Integer 7")]
    [InlineData("1 / 2", "Number 0.5")]
    [InlineData("7 // 2", "Integer 3")]
    [InlineData("-7 // 2", "Integer -3")]
    [InlineData("-7 % 2", "Integer -1")]
    [InlineData("amount % 5", "Number 2.5")]
    [InlineData("n + 0.5", "Number 7.5")]
    [InlineData("amount / customer_activity.amount_mean_7d", "Number 5")]
    [InlineData("\"and\" + 1", "Integer 4")]
    [InlineData("delay", "Integer 4")]
    [InlineData("1e3 + .5", "Number 1000.5")]
    [InlineData("-9223372036854775808", "Integer -9223372036854775808")]
    [InlineData("abs(-3)", "Integer 3")]
    [InlineData("abs(-2.5)", "Number 2.5")]
    [InlineData("floor(-2.5)", "Number -3")]
    [InlineData("ceil(2.1)", "Number 3")]
    [InlineData("CEILING(2)", "Integer 2")]
    [InlineData("sqrt(16)", "Number 4")]
    [InlineData("ln(exp(0))", "Number 0")]
    [InlineData("log(1)", "Number 0")]
    [InlineData("hour(event_time)", "Integer 5")]
    [InlineData("dayofweek(event_time) in (6, 7)", "Boolean true")]
    [InlineData("if(n > 5, 1, 0.5)", "Number 1")]
    [InlineData("if(no_paid, 1, 2)", "Integer 2")]
    [InlineData("if(paid, null, 2)", "Integer null")]
    [InlineData("coalesce(no_amount, no_n, 3)", "Number 3")]
    [InlineData("coalesce(no_n, no_n)", "Integer null")]
    [InlineData("'it''s' = 'it''s'", "Boolean true")]
    [InlineData("country in ('AT', 'DE')", "Boolean true")]
    [InlineData("country < 'DF'", "Boolean true")]
    [InlineData("event_time >= '2026-11-21'", "Boolean true")]
    [InlineData("event_time < '2026-11-21T05:30:00.000001Z'", "Boolean false")]
    [InlineData("n between 7 and 8 and n not between 1 and 6", "Boolean true")]
    [InlineData("NOT n == 8 AND n <> 8", "Boolean true")]
    public void An_expression_has_this_type_and_value(string text, string expected)
    {
        var plan = Rows.Bind(text);
        var value = plan.Evaluate(Rows.Row);
        Assert.True(value.IsNull || value.Kind == plan.Type);
        Assert.Equal(expected, $"{plan.Type} {value}");
    }

    [Theory]
    [InlineData("amount / 0")]
    [InlineData("0 / 0")]
    [InlineData("n // 0")]
    [InlineData("n % 0")]
    [InlineData("amount % 0")]
    [InlineData("big + 1")]
    [InlineData("least - 1")]
    [InlineData("big * 2")]
    [InlineData("least * -1")]
    [InlineData("-least")]
    [InlineData("abs(least)")]
    [InlineData("least // -1")]
    [InlineData("1e308 * 10")]
    [InlineData("exp(1000)")]
    [InlineData("ln(0)")]
    [InlineData("ln(-1)")]
    [InlineData("sqrt(-1)")]
    [InlineData("no_amount + 1")]
    [InlineData("1 < no_n")]
    [InlineData("hour(no_time)")]
    public void What_has_no_value_is_null_and_does_not_throw(string text) => Assert.Equal(Value.Null, Rows.Evaluate(text));

    [Fact]
    public void The_remainder_of_the_least_integer_by_minus_one_is_zero() =>
        Assert.Equal(Value.FromInteger(0), Rows.Evaluate("least % -1"));

    [Fact]
    public void And_or_and_not_follow_SQLs_three_valued_tables()
    {
        string[] operands = ["true", "false", "no_paid"];
        string[] and = ["true", "false", "null", "false", "false", "false", "null", "false", "null"];
        string[] or = ["true", "true", "true", "true", "false", "null", "true", "null", "null"];
        for (var i = 0; i < 9; i++)
        {
            var (a, b) = (operands[i / 3], operands[i % 3]);
            Assert.Equal(and[i], Rows.Evaluate($"{a} and {b}").ToString());
            Assert.Equal(or[i], Rows.Evaluate($"{a} or {b}").ToString());
        }

        Assert.Equal(["false", "true", "null"], operands.Select(a => Rows.Evaluate($"not {a}").ToString()));
    }

    [Theory]
    [InlineData("n in (1, no_n)", "null")]
    [InlineData("n in (7, no_n)", "true")]
    [InlineData("n not in (1, no_n)", "null")]
    [InlineData("no_n in (1)", "null")]
    [InlineData("n between no_n and 1", "false")]
    [InlineData("n between no_n and 9", "null")]
    [InlineData("no_n is null", "true")]
    [InlineData("n is not null", "true")]
    public void Null_in_a_list_or_range_is_unknown(string text, string expected) => Assert.Equal(expected, Rows.Evaluate(text).ToString());

    [Theory]
    [InlineData("9007199254740993 = 9007199254740992.0", false)]
    [InlineData("9007199254740993 > 9007199254740992.0", true)]
    [InlineData("9007199254740992.0 < 9007199254740993", true)]
    [InlineData("big < 9223372036854775807.0", true)]
    [InlineData("least = -9223372036854775808.0", true)]
    [InlineData("1 < 1.5 and 2 > 1.5 and -1 > -1.5 and 1e300 > big and -1e300 < least", true)]
    public void An_integer_compares_with_a_number_without_rounding(string text, bool expected) =>
        Assert.Equal(Value.FromBoolean(expected), Rows.Evaluate(text));

    [Fact]
    public void Hour_and_day_of_the_week_agree_with_the_calendar_on_both_sides_of_the_epoch()
    {
        var schema = new RowSchema([new("at", ScalarType.Timestamp)]);
        var hour = RowBinder.Bind("hour(at)", schema).Plan!;
        var day = RowBinder.Bind("dayofweek(at)", schema).Plan!;
        for (var days = -800; days < 800; days++)
        {
            foreach (var micros in new[] { 0, 1, -1, 3_599_999_999, 43_200_000_000 })
            {
                var at = new EventTime((days * Clock.MicrosPerDay) + micros);
                var calendar = at.ToDateTimeOffset();
                var iso = calendar.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)calendar.DayOfWeek;
                Assert.Equal(calendar.Hour, hour.Evaluate([Value.FromTimestamp(at)]).AsInteger);
                Assert.Equal(iso, day.Evaluate([Value.FromTimestamp(at)]).AsInteger);
            }
        }
    }

    [Fact]
    public void A_plan_names_the_columns_it_reads_once()
    {
        Assert.Equal(["n", "amount"], Rows.Bind("n + amount * n").Reads);
    }

    [Fact]
    public void An_integer_fits_a_column_of_numbers_and_text_does_not()
    {
        var schema = new RowSchema([new("x", ScalarType.Number)]);
        var plan = RowBinder.Bind("x / 2", schema).Plan!;
        Assert.Equal(Value.FromNumber(1.5), plan.Evaluate([Value.FromInteger(3)]));
        Assert.Throws<InvalidOperationException>(() => plan.Evaluate([Value.FromText("3")]));
    }

    [Fact]
    public void Evaluating_numbers_and_conditions_allocates_nothing()
    {
        var plan = Rows.Bind("if(amount > 10 and country in ('AT', 'DE') and hour(event_time) < 6, sqrt(amount) / n, coalesce(no_amount, 1.0)) * 2");
        plan.Evaluate(Rows.Row);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            plan.Evaluate(Rows.Row);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

/// <summary>The cases that the semantics name one by one.</summary>
public sealed class FoldTests
{
    private const long Second = RandomLogs.Second;
    private const long Day = Clock.MicrosPerDay;

    [Theory]
    [InlineData(0, 1000 * Second)]
    [InlineData(0, 0)]
    [InlineData(0, 5 * Second)]
    [InlineData(3 * Second, 1000 * Second)]
    public void A_window_holds_its_start_and_neither_its_end_nor_what_lies_before(long delay, long t)
    {
        var w = 10 * Second;
        var end = t - delay;
        long[] times = [end - w - 1, end - w, end - w + 1, end - 1, end, end + 1];
        var rows = times.Select((e, i) => new LogRow(e, e - (2 * w), i + 1, Value.FromNumber(Math.Pow(10, i)), default, default));
        Assert.Equal(Value.FromInteger(3), Evaluate($"count() over 10s delay {delay}us", rows, t));
        Assert.Equal(Value.FromNumber(1110), Evaluate($"sum(x) over 10s delay {delay}us", rows, t));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 * Second)]
    public void The_latest_value_is_the_one_at_the_instant_the_last_one_the_one_before_and_the_first_the_one_at_the_start(long delay)
    {
        var (t, w) = (1000 * Second, 10 * Second);
        var end = t - delay;
        long[] times = [end - w - 1, end - w, end - w + 1, end - 1, end, end + 1];
        var rows = times.Select((e, i) => new LogRow(e, e - (2 * w), i + 1, Value.FromNumber(i), default, default)).ToArray();
        Assert.Equal(Value.FromNumber(4), Evaluate($"latest(x) over 10s delay {delay}us", rows, t));
        Assert.Equal(Value.FromNumber(3), Evaluate($"last(x) over 10s delay {delay}us", rows, t));
        Assert.Equal(Value.FromNumber(1), Evaluate($"first(x) over 10s delay {delay}us", rows, t));
        Assert.Equal(Value.FromNumber(1), Evaluate($"latest(x) over 10s delay {delay}us", rows[..2], t));
        Assert.Equal(Value.Null, Evaluate($"latest(x) over 10s delay {delay}us", rows[..1], t));
    }

    [Fact]
    public void The_order_of_rows_cannot_show_in_a_sum_because_it_is_exact()
    {
        double[] values = [1e308, 1e308, -1e308, -1e308, 1, 1e-300];
        var rows = values.Select((x, i) => new LogRow(10 - i, 5, i + 1, Value.FromNumber(x), default, default)).ToArray();
        Assert.Equal(Value.FromNumber(1), Evaluate("sum(x) over 10s", rows, 100));
        Assert.Equal(Value.Null, Evaluate("sum(x) over 10s", rows[..2], 100));
    }

    [Fact]
    public void Ties_in_time_are_decided_by_when_a_row_was_known_and_then_by_its_place_in_the_log()
    {
        LogRow[] rows = [Row(10, 5, 2, 1), Row(10, 7, 1, 2)];
        LogRow[] sameKnowing = [Row(10, 5, 2, 2), Row(10, 5, 1, 1)];
        foreach (var log in new[] { rows, sameKnowing })
        {
            foreach (var arrival in new[] { log, [.. log.Reverse()] })
            {
                Assert.Equal(Value.FromNumber(2), Evaluate("last(x) over 10s", arrival, 100));
                Assert.Equal(Value.FromNumber(1), Evaluate("first(x) over 10s", arrival, 100));
                Assert.Equal(Value.FromText("[2,1]"), Evaluate("last_k(x, 2) over 10s", arrival, 100));
            }
        }
    }

    [Fact]
    public void A_correction_counts_from_when_it_was_known_unless_the_present_knowledge_is_asked_for()
    {
        var fact = RowIdentity.Of(7);
        LogRow[] rows = [Row(10, 11, 1, 1) with { Identity = fact }, Row(10, 30, 30, 2) with { Identity = fact }];
        foreach (var aggregate in new[] { "sum", "max", "latest" })
        {
            var text = $"{aggregate}(x) over 10s";
            Assert.Equal(Value.FromNumber(1), Evaluate(text, rows, 20));
            Assert.Equal(Value.FromNumber(1), Evaluate(text, rows, 29));
            Assert.Equal(Value.FromNumber(2), Evaluate(text, rows, 30));
            Assert.Equal(Value.FromNumber(2), Evaluate(text, rows, 20, 30, Visibility.AsCorrected));
            foreach (var visibility in new[] { Visibility.AsKnown, Visibility.AsCorrected, Visibility.SimulatedDelay(0) })
            {
                Assert.Equal(Value.FromNumber(1), Evaluate(text, rows, 100, 25, visibility));
            }
        }

        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s", rows, 30));
    }

    [Fact]
    public void A_retraction_takes_the_fact_out_from_when_it_was_known_and_a_later_row_puts_it_back()
    {
        LogRow[] rows =
        [
            Row(10, 11, 1, 1) with { Identity = RowIdentity.Of(7) }, Row(12, 12, 2, 5),
            Row(10, 30, 3, 99) with { Identity = RowIdentity.Retraction(7) }, Row(14, 40, 4, 2) with { Identity = RowIdentity.Of(7) },
        ];
        Assert.Equal(Value.FromNumber(6), Evaluate("sum(x) over 10s", rows, 29));
        Assert.Equal(Value.FromNumber(5), Evaluate("sum(x) over 10s", rows, 30));
        Assert.Equal(Value.FromNumber(7), Evaluate("sum(x) over 10s", rows, 40));
        Assert.Equal(Value.FromNumber(5), Evaluate("sum(x) over 10s", rows, 20, 3, Visibility.AsCorrected));
        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s", rows, 39));
    }

    [Fact]
    public void A_correction_that_moves_the_fact_out_of_the_window_takes_it_away()
    {
        LogRow[] rows = [Row(10, 11, 1, 1) with { Identity = RowIdentity.Of(7) }, Row(500, 20, 2, 1) with { Identity = RowIdentity.Of(7) }];
        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s", rows, 19));
        Assert.Equal(Value.FromInteger(0), Evaluate("count() over 10s", rows, 20));
        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s", rows, 501));
    }

    [Fact]
    public void A_late_row_is_invisible_until_it_is_known()
    {
        LogRow[] rows = [Row(10, 100, 1, 1)];
        Assert.Equal(Value.FromInteger(0), Evaluate("count() over 10s", rows, 50));
        Assert.Equal(Value.FromInteger(0), Evaluate("count() over 10s", rows, 99));
        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s", rows, 100));
        Assert.Equal(Value.FromInteger(0), Evaluate("count() over 10s", rows, 104, visibility: Visibility.AsKnown.WithDeclaredDelay(5)));
        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s", rows, 105, visibility: Visibility.AsKnown.WithDeclaredDelay(5)));
    }

    [Fact]
    public void A_simulated_delay_replaces_when_a_row_was_known()
    {
        LogRow[] rows = [Row(10, 1_000_000, 1, 1)];
        Assert.Equal(Value.FromInteger(0), Evaluate("count() over 10s", rows, 16, visibility: Visibility.SimulatedDelay(7)));
        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s", rows, 17, visibility: Visibility.SimulatedDelay(7)));
        Assert.Equal(Value.FromInteger(0), Evaluate("count() over 10s", rows, 10, visibility: Visibility.SimulatedDelay(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Visibility.SimulatedDelay(-1));
    }

    [Theory]
    [InlineData("count() over 10s", "0", "2")]
    [InlineData("count(x) over 10s", "0", "0")]
    [InlineData("sum(x) over 10s", "null", "null")]
    [InlineData("sum(x) over 10s empty 0", "0", "0")]
    [InlineData("mean(x) over 10s", "null", "null")]
    [InlineData("min(k) over 10s", "null", "null")]
    [InlineData("max(k) over 10s empty -1", "-1", "-1")]
    [InlineData("coalesce(mean(x) over 10s, 0) + count() over 10s", "0", "2")]
    public void Nothing_and_nulls_alone_are_empty(string text, string ofNothing, string ofNulls)
    {
        Assert.Equal(ofNothing, Evaluate(text, null, 100).ToString());
        Assert.Equal(ofNothing, Evaluate(text, [], 100).ToString());
        LogRow[] nulls = [new(10, 10, 1, default, default, default), new(11, 11, 2, default, default, default)];
        Assert.Equal(ofNulls, Evaluate(text, nulls, 100).ToString());
    }

    [Fact]
    public void A_condition_that_is_false_or_unknown_keeps_the_row_out()
    {
        LogRow[] rows = [Row(1, 1, 1, 1, true), Row(2, 2, 2, 10, false), new(3, 3, 3, Value.FromNumber(100), default, default)];
        Assert.Equal(Value.FromNumber(1), Evaluate("sum(x) over 10s where c", rows, 100));
        Assert.Equal(Value.FromInteger(1), Evaluate("count() over 10s where c", rows, 100));
        Assert.Equal(Value.FromNumber(10), Evaluate("sum(x) over 10s where not c", rows, 100));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Day)]
    public void A_float_sum_keeps_what_plain_and_Kahan_summation_lose(long apart)
    {
        double[] values = [1e16, 1, -1e16];
        var rows = values.Select((x, i) => Row(i * apart, i * apart, i + 1, x)).ToArray();
        Assert.Equal(Value.FromNumber(1), Evaluate("sum(x) over 30d", rows, 20 * Day));
        Assert.Equal(Value.FromNumber(1.0 / 3), Evaluate("mean(x) over 30d", rows, 20 * Day));
    }

    [Fact]
    public void An_integer_sum_is_exact_and_null_when_it_does_not_fit()
    {
        LogRow[] rows = [OfInteger(1, long.MaxValue), OfInteger(2, long.MaxValue), OfInteger(3, -long.MaxValue)];
        Assert.Equal(Value.FromInteger(long.MaxValue), Evaluate("sum(k) over 10s", rows, 100));
        Assert.Equal(Value.Null, Evaluate("sum(k) over 10s empty 5", rows[..2], 100));
        Assert.Equal(Value.FromNumber(long.MaxValue), Evaluate("mean(k) over 10s", rows[..2], 100));
    }

    [Fact]
    public void Extremes_of_tiles_are_compared_and_never_added_or_subtracted()
    {
        LogRow[] rows = [Row(0, 0, 1, 3), Row(1, 1, 2, 9), Row(2 * Day, 2 * Day, 3, 2)];
        Assert.Equal(Value.FromNumber(9), Evaluate("max(x) over 30d", rows, 10 * Day));
        Assert.Equal(Value.FromNumber(2), Evaluate("min(x) over 30d", rows, 10 * Day));
        Assert.Equal(Value.FromNumber(2), Evaluate("max(x) over 9d", rows, 10 * Day));
    }

    [Fact]
    public void A_timestamp_has_a_first_and_a_last()
    {
        var schema = new RowSchema([new("at", ScalarType.Timestamp)]);
        var plan = EntityViewPlan.Compile([new("first", "min(at) over 1d"), new("last", "max(at) over 1d")], schema).Plan!;
        var timeline = plan.NewTimeline();
        plan.Append(timeline, new(new(1), new(1), 1), [Value.FromTimestamp(7)]);
        plan.Append(timeline, new(new(2), new(2), 2), [Value.FromTimestamp(-7)]);
        var into = new Value[2];
        plan.Evaluate(timeline, new(100), Horizon.Unbounded, into);
        Assert.Equal([Value.FromTimestamp(-7), Value.FromTimestamp(7)], into);
    }

    [Fact]
    public void Aggregates_combine_in_one_feature_and_a_division_by_nothing_is_null()
    {
        LogRow[] rows = [Row(1 * Day, 1 * Day, 1, 8), Row(5 * Day, 5 * Day, 2, 4)];
        Assert.Equal(Value.FromNumber(2), Evaluate("sum(x) over 1d / count() over 7d", rows, (5 * Day) + 1));
        Assert.Equal(Value.Null, Evaluate("sum(x) over 1d / count() over 7d", rows, 30 * Day));
    }

    private static LogRow Row(long eventTime, long knownAt, long seq, double x, bool? c = null) =>
        new(eventTime, knownAt, seq, Value.FromNumber(x), default, c is { } known ? Value.FromBoolean(known) : default);

    private static LogRow OfInteger(long seq, long k) => new(seq, seq, seq, default, Value.FromInteger(k), default);

    private static Value Evaluate(string text, IEnumerable<LogRow>? rows, long t, long horizon = long.MaxValue, Visibility visibility = default)
    {
        var plan = EntityViewPlan.Compile([new("f", text)], RandomLogs.Schema).Plan!;
        var timeline = rows is null ? null : plan.NewTimeline();
        foreach (var row in rows ?? [])
        {
            plan.Append(timeline!, row.Stamp, row.Identity, row.Values);
        }

        var into = new Value[1];
        Assert.True(plan.Evaluate(timeline, new(t), new(horizon), into, visibility));
        return into[0];
    }
}

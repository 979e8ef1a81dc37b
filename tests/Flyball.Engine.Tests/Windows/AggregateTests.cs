using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

/// <summary>What each aggregate gives for a handful of values, and how far the approximate one may be off.</summary>
public sealed class AggregateTests
{
    private const long Day = Clock.MicrosPerDay;

    [Theory]
    [InlineData("var(x) over 30d", "1000000004,1000000007,1000000013,1000000016", "30")]
    [InlineData("std(x) over 30d", "2,4,4,4,5,5,7,9", "2.138089935299395")]
    [InlineData("std(x) over 30d", "5", "null")]
    [InlineData("var(x) over 30d", "1e200,-1e200", "null")]
    [InlineData("var(x) over 30d", "1e-200,1e-200", "0")]
    [InlineData("sum(x) over 30d", "1e16,1,-1e16", "1")]
    [InlineData("sum(x) over 30d", "1e308,1e308,-1e308", "1E+308")]
    [InlineData("sum(x) over 30d", "5e-324,1e300,-1e300", "5E-324")]
    [InlineData("mean(x) over 30d", "1e-300,3e-300", "2E-300")]
    [InlineData("trend(x) over 30d", "1,3,5,7", "2")]
    [InlineData("trend(x) over 30d", "1", "null")]
    [InlineData("trend(x) over 30d", "1e-300,3e-300", "2E-300")]
    [InlineData("first(x) over 30d", "3,1,2", "3")]
    [InlineData("last(x) over 30d", "3,1,2", "2")]
    [InlineData("last(x) over 30d", "3,null", "null")]
    [InlineData("last(x) over 30d empty 9", "3,null", "null")]
    [InlineData("last(x) over 30d ignore_nulls", "3,null", "3")]
    [InlineData("last(x) over 30d ignore_nulls", "null,null", "null")]
    [InlineData("last(x) over 30d ignore_nulls empty 9", "null,null", "9")]
    [InlineData("distinct(x) over 30d", "3,1,3,0,-0.0", "3")]
    [InlineData("distinct(x) over 30d", "", "null")]
    [InlineData("quantile(x, 0.5) over 30d", "4,1,3,2", "2.5")]
    [InlineData("quantile(x, 0) over 30d", "4,1,3,2", "1")]
    [InlineData("quantile(x, 1) over 30d", "4,null,1,3,2", "4")]
    [InlineData("rate() over 1d", "7", "1.1574074074074073E-05")]
    [InlineData("rate('day') over 2d", "7,8", "1")]
    [InlineData("rate('hour') over 30d empty 0", "", "0")]
    [InlineData("time_since_last() over 30d", "7,8", "1E-06")]
    [InlineData("time_since_last(x) over 30d", "7,null", "86400.000001")]
    [InlineData("top_k(x, 2) over 30d", "3,9,1,9", "[9,9]")]
    [InlineData("top_k(x, 5) over 30d", "3,null,1.5", "[3,1.5]")]
    [InlineData("last_k(x, 2) over 30d", "3,9,null,1", "[1,9]")]
    [InlineData("last_k(x, 2) over 30d", "null", "null")]
    [InlineData("max(x) over 30d", "3,9", "9")]
    [InlineData("max(x) over 1d", "9,1", "1")]
    public void An_aggregate_of_daily_values_gives(string text, string values, string expected)
    {
        var rows = values.Length == 0 ? [] : values.Split(',')
            .Select((v, i) => (i * Day, v == "null" ? Value.Null : Value.FromNumber(double.Parse(v, CultureInfo.InvariantCulture)))).ToArray();
        var t = rows.Length == 0 ? 0 : rows[^1].Item1 + 1;
        Assert.Equal(expected, Evaluate(text, ScalarType.Number, rows, t).ToString());
    }

    [Fact]
    public void Text_booleans_and_timestamps_have_ends_lists_and_distinct_counts()
    {
        (long, Value)[] texts = [(1, Value.FromText("b\"ä")), (2, Value.FromText("a")), (3, Value.FromText("a"))];
        Assert.Equal("[\"b\\\"ä\",\"a\"]", Evaluate("top_k(x, 2) over 1d", ScalarType.Text, texts, 9).AsText);
        Assert.Equal(Value.FromInteger(2), Evaluate("distinct(x) over 1d", ScalarType.Text, texts, 9));
        Assert.Equal(Value.FromInteger(2), Evaluate("approx_distinct(x) over 1d", ScalarType.Text, texts, 9));
        Assert.Equal(Value.FromText("a"), Evaluate("last(x) over 1d", ScalarType.Text, texts, 9));
        (long, Value)[] flags = [(1, Value.FromBoolean(true)), (2, Value.FromBoolean(false))];
        Assert.Equal("[false,true]", Evaluate("last_k(x, 9) over 1d", ScalarType.Boolean, flags, 9).AsText);
        Assert.Equal(Value.FromBoolean(true), Evaluate("first(x) over 1d", ScalarType.Boolean, flags, 9));
        (long, Value)[] times = [(1, Value.FromTimestamp(0)), (2, Value.FromTimestamp(Day))];
        Assert.Equal("[\"1970-01-02T00:00:00Z\",\"1970-01-01T00:00:00Z\"]", Evaluate("top_k(x, 9) over 1d", ScalarType.Timestamp, times, 9).AsText);
        Assert.Equal(Value.FromTimestamp(5), Evaluate("last(x) over 1d empty '1970-01-01T00:00:00.000005Z'", ScalarType.Timestamp, [], 9));
    }

    [Fact]
    public void The_latest_value_includes_the_instant_and_the_last_one_does_not()
    {
        (long, Value)[] rows = [(9, Value.FromNumber(1)), (10, Value.FromNumber(2)), (11, Value.FromNumber(3))];
        Assert.Equal(Value.FromNumber(2), Evaluate("latest(x) over 1d", ScalarType.Number, rows, 10));
        Assert.Equal(Value.FromNumber(1), Evaluate("last(x) over 1d", ScalarType.Number, rows, 10));
        Assert.Equal(Value.FromNumber(1), Evaluate("latest(x) over 1d delay 1us", ScalarType.Number, rows, 10));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(60_000)]
    public void An_approximate_count_stays_within_four_standard_errors_and_sees_neither_order_nor_repetition(int different)
    {
        var rows = Enumerable.Range(0, different).Select(i => ((long)i, Value.FromInteger(i * 7919L))).ToArray();
        var estimate = Evaluate("approx_distinct(x) over 1d", ScalarType.Integer, rows, Day).AsInteger;
        Assert.InRange(estimate, different * (1 - (4 * 0.01625)), different * (1 + (4 * 0.01625)));
        var again = rows.Reverse().Select((row, i) => ((long)i, row.Item2)).Concat(rows.Select(row => (row.Item1 + different, row.Item2))).ToArray();
        Assert.Equal(estimate, Evaluate("approx_distinct(x) over 1d", ScalarType.Integer, again, Day).AsInteger);
    }

    [Fact]
    public void Beyond_its_cap_an_exact_count_is_null_and_says_so()
    {
        var schema = new RowSchema([new("x", ScalarType.Integer)]);
        var plan = EntityViewPlan.Compile([new("f", "distinct(x) over 1d empty 0"), new("n", "count() over 1d")], schema).Plan!;
        var timeline = plan.NewTimeline();
        var (into, statuses) = (new Value[2], new FeatureStatus[2]);
        for (var i = 0; i <= 100_000; i++)
        {
            plan.Append(timeline, new(new(i), new(i), i), [Value.FromInteger(i)]);
        }

        plan.Evaluate(timeline, new(100_000), Horizon.Unbounded, into, statuses);
        Assert.Equal([Value.FromInteger(100_000), Value.FromInteger(100_000)], into);
        plan.Evaluate(timeline, new(100_001), new(100_000), into, statuses, Visibility.AsCorrected);
        Assert.Equal([Value.Null, Value.FromInteger(100_001)], into);
        Assert.Equal([FeatureStatus.OverCap, FeatureStatus.Present], statuses);
    }

    [Fact]
    public void Two_policies_of_one_name_are_refused()
    {
        Assert.Equal(18, AggregateCatalog.ByName.Count);
        Assert.All(AggregateCatalog.ByName.Keys, name => Assert.True(AggregateNames.Contains(name)));
        Assert.All(AggregateNames.All, name => Assert.Contains(name, AggregateCatalog.ByName.Keys));
        Assert.Throws<ArgumentException>(() => NamedCatalog.Of<Aggregate>([new CountAggregate(), new CountAggregate()], a => a.Name));
    }

    private static Value Evaluate(string text, ScalarType type, IEnumerable<(long At, Value X)> rows, long t)
    {
        var outcome = EntityViewPlan.Compile([new("f", text)], new([new("x", type)]));
        Assert.True(outcome.Succeeded, string.Join(' ', outcome.Problems));
        var timeline = outcome.Plan.NewTimeline();
        var seq = 0;
        foreach (var (at, x) in rows)
        {
            outcome.Plan.Append(timeline, new(new(at), new(at), ++seq), [x]);
        }

        var into = new Value[1];
        Assert.True(outcome.Plan.Evaluate(timeline, new(t), Horizon.Unbounded, into));
        return into[0];
    }
}

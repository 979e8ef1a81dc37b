using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

public sealed class EntityViewPlanTests
{
    private static readonly EntityViewPlan Plan = EntityViewPlan.Compile(
        [
            new("mean", "mean(x) over 7d"), new("largest", "MAX(x) over 30d delay 1d"), new("rows", "count() over 1d"),
            new("paid", "sum(x) over 1d where c"),
        ],
        RandomLogs.Schema).Plan!;

    [Fact]
    public void A_plan_says_what_it_computes_reads_and_needs()
    {
        Assert.Equal(["mean Number mean(x) over 7d", "largest Number max(x) over 30d delay 1d", "rows Integer count() over 1d", "paid Number sum(x) over 1d where c"], Plan.Features.Select(f => $"{f.Name} {f.Type} {f.Canonical}"));
        Assert.Equal(31 * Clock.MicrosPerDay, Plan.LongestWindowMicros);
        Assert.Equal(7 * Clock.MicrosPerDay, Plan.Features[0].LongestWindowMicros);
        Assert.Equal(["x", "c"], Plan.Reads);
    }

    [Fact]
    public void Every_problem_of_every_feature_is_reported_with_its_place()
    {
        var outcome = EntityViewPlan.Compile(
            [
                new("a", "mean(y) over 7d + sum(z) over 1d", new ProblemLocation("features/a.yaml", 6, 21)),
                new("b", "count(", new ProblemLocation("features/a.yaml", 7)),
                new("a", "count() over 1d"),
            ],
            RandomLogs.Schema);
        Assert.False(outcome.Succeeded);
        Assert.Equal(
            [
                new ProblemLocation("features/a.yaml", 6, 26, "a"), new ProblemLocation("features/a.yaml", 6, 43, "a"),
                new ProblemLocation("features/a.yaml", 7, null, "b"), new ProblemLocation(Field: "a"),
            ],
            outcome.Problems.Select(p => p.Where));
        Assert.Equal(["FLY1010", "FLY1010", "FLY1001", "FLY1018"], outcome.Problems.Select(p => p.Code));
    }

    [Fact]
    public void Rows_stay_in_total_order_and_a_stamp_is_taken_once()
    {
        var timeline = Plan.NewTimeline();
        RowStamp[] stamps = [At(5, 5, 1), At(3, 9, 2), At(3, 4, 3), At(9, 9, 4), At(3, 4, 5), At(5, 5, 6)];
        foreach (var stamp in stamps)
        {
            Assert.True(Plan.Append(timeline, stamp, Row(1)));
            Assert.False(Plan.Append(timeline, stamp, Row(2)));
        }

        Assert.Equal(stamps.Order(), Enumerable.Range(0, timeline.Count).Select(timeline.StampAt));
    }

    [Fact]
    public void A_trimmed_timeline_refuses_older_rows_and_questions_it_cannot_answer()
    {
        var timeline = Plan.NewTimeline();
        for (var day = 0; day < 100; day++)
        {
            Plan.Append(timeline, At(day * Clock.MicrosPerDay, 0, day), Row(day));
        }

        timeline.Trim(new(50 * Clock.MicrosPerDay));
        Assert.Equal(50, timeline.Count);
        Assert.Equal(50, timeline.StampAt(0).Seq);
        Assert.False(Plan.Append(timeline, At((50 * Clock.MicrosPerDay) - 1, 0, 1000), Row(1)));

        var into = Enumerable.Repeat(Value.FromInteger(1), 4).ToArray();
        Assert.False(Plan.Evaluate(timeline, new((81 * Clock.MicrosPerDay) - 1), Horizon.Unbounded, into));
        Assert.All(into, value => Assert.True(value.IsNull));
        Assert.True(Plan.Evaluate(timeline, new(81 * Clock.MicrosPerDay), Horizon.Unbounded, into));
        Assert.Equal([Value.FromNumber(77), Value.FromNumber(79), Value.FromInteger(1), Value.FromNumber(80)], into);
    }

    [Fact]
    public void A_row_that_breaks_its_schema_throws_and_changes_nothing()
    {
        var timeline = Plan.NewTimeline();
        Plan.Append(timeline, At(5, 5, 1), Row(1));
        Plan.Append(timeline, At(7, 7, 2), Row(2));
        Assert.Throws<InvalidOperationException>(() => Plan.Append(timeline, At(1, 1, 3), [Value.FromText("x"), default, default, default]));
        Assert.Throws<IndexOutOfRangeException>(() => Plan.Append(timeline, At(1, 1, 3), []));
        var into = new Value[4];
        Plan.Evaluate(timeline, new(100), Horizon.Unbounded, into);
        Assert.Equal(2, timeline.Count);
        Assert.Equal(Value.FromNumber(1.5), into[0]);
    }

    [Fact]
    public void A_timeline_of_another_plan_is_refused()
    {
        var other = EntityViewPlan.Compile([new("n", "count() over 1d")], RandomLogs.Schema).Plan!.NewTimeline();
        Assert.Throws<ArgumentException>(() => Plan.Append(other, At(1, 1, 1), Row(1)));
        Assert.Throws<ArgumentException>(() => Plan.Evaluate(other, new(1), Horizon.Unbounded, new Value[4]));
    }

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        var timeline = Plan.NewTimeline();
        for (var i = 0; i < 100; i++)
        {
            Plan.Append(timeline, At(i * Clock.MicrosPerDay / 2, i, i), Row(i));
        }

        var into = new Value[4];
        var before = 0L;
        for (var i = 0; i < 1000; i++)
        {
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            Plan.Evaluate(timeline, new(45 * Clock.MicrosPerDay), i % 2 == 0 ? Horizon.Unbounded : new(60), into);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static RowStamp At(long eventTime, long knownAt, long seq) => new(new(eventTime), new(knownAt), seq);

    private static Value[] Row(double x) => [Value.FromNumber(x), default, Value.FromBoolean(true)];
}

using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

/// <summary>The life of a timeline: what it tells about missing values, what it forgets, what it keeps because something hangs on it.</summary>
public sealed class TimelineTests
{
    private const long Second = RandomLogs.Second;

    private static readonly EntityViewPlan Plan = EntityViewPlan.Compile(
        [new("latest", "latest(x) over 60s"), new("sum", "sum(x) over 60s"), new("count", "count() over 60s")], RandomLogs.Schema).Plan!;

    [Fact]
    public void A_latest_value_is_present_up_to_its_age_and_withheld_one_microsecond_later()
    {
        var timeline = Of(Row(100 * Second, 1, 7));
        Assert.Equal("7 Present", Latest(timeline, 100 * Second));
        Assert.Equal("7 Present", Latest(timeline, 160 * Second));
        Assert.Equal("null OutsideMaxAge", Latest(timeline, (160 * Second) + 1));
        Assert.Equal("null NotFound", Latest(timeline, (100 * Second) - 1));
        Assert.Equal("null NotFound", Latest(null, 100 * Second));
        Assert.Equal("null NotFound", Latest(timeline, 100 * Second, new(0)));
        Assert.Equal("null NullValue", Latest(Of(Row(100 * Second, 1, 7), Row(101 * Second, 2, null)), 160 * Second));
    }

    [Fact]
    public void A_restart_and_a_trim_do_not_change_what_is_told()
    {
        var timeline = Of(Row(100 * Second, 1, 7));
        timeline.Trim(new(200 * Second));
        Assert.Equal(0, timeline.Count);
        Assert.Equal("null OutsideMaxAge", Latest(timeline, 300 * Second));
        Assert.Equal("null NotFound", Latest(timeline, 300 * Second, new(0)));
        var bytes = new ArrayBufferWriter<byte>();
        Plan.Write(timeline, bytes);
        Assert.Equal("null OutsideMaxAge", Latest(Plan.Read(bytes.WrittenSpan), 300 * Second));
    }

    [Fact]
    public void An_older_push_never_replaces_a_newer_value_and_an_equal_time_with_a_higher_place_does()
    {
        var timeline = Of(Row(20 * Second, 1, 1), Row(10 * Second, 2, 2));
        Assert.Equal("1 Present", Latest(timeline, 30 * Second));
        var later = Row(20 * Second, 3, 3);
        Plan.Append(timeline, later.Stamp, later.Values);
        Assert.Equal("3 Present", Latest(timeline, 30 * Second));
    }

    [Fact]
    public void A_late_row_is_seen_although_a_later_one_was_asked_about_before()
    {
        var timeline = Plan.NewTimeline();
        for (var i = 0; i < 100; i++)
        {
            var row = Row(i * Second, i + 1, 1);
            Plan.Append(timeline, row.Stamp, row.Values);
        }

        Assert.Equal(60, Sum(timeline, 100 * Second));
        var late = Row(50 * Second, 1000, 5);
        Plan.Append(timeline, late.Stamp, late.Values);
        Assert.Equal(65, Sum(timeline, 100 * Second));
        Assert.Equal(60, Sum(timeline, 100 * Second, new(999)));
    }

    [Fact]
    public void A_trim_keeps_what_corrects_or_retracts_a_row_that_stays()
    {
        // The first fact is moved out of reach by its correction, the second is taken back by a tombstone with an early time.
        var timeline = Of(
            Row(100 * Second, 1, 1) with { Identity = RowIdentity.Of(1) }, Row(10 * Second, 2, 1) with { Identity = RowIdentity.Of(1) },
            Row(101 * Second, 3, 2) with { Identity = RowIdentity.Of(2) }, Row(0, 4, null) with { Identity = RowIdentity.Retraction(2) },
            Row(102 * Second, 5, 4) with { Identity = RowIdentity.Of(3) }, Row(5 * Second, 6, 9) with { Identity = RowIdentity.Of(4) });
        Assert.Equal(4, Sum(timeline, 110 * Second));
        timeline.Trim(new(50 * Second));
        Assert.Equal(5, timeline.Count);
        Assert.Equal(4, Sum(timeline, 110 * Second));
        Assert.Equal(1, Sum(timeline, 110 * Second, new(1)));
        Assert.Equal(2, Sum(timeline, 110 * Second, new(3)));

        // A tombstone that comes after the trim reaches a row that is still here, and a stranger of that age does not enter.
        Assert.True(Plan.Append(timeline, new(new(0), new(0), 7), RowIdentity.Retraction(3), default));
        Assert.Equal(0, Sum(timeline, 110 * Second));
        Assert.False(Plan.Append(timeline, new(new(0), new(0), 8), RowIdentity.Retraction(4), default));

        timeline.Trim(new(200 * Second));
        Assert.Equal(0, timeline.Count);
    }

    [Fact]
    public void A_trim_gives_memory_back_and_the_rest_still_folds()
    {
        var timeline = Plan.NewTimeline();
        for (var i = 0; i < 5000; i++)
        {
            var row = Row(i * Second, i + 1, i);
            Plan.Append(timeline, row.Stamp, row.Values);
        }

        var before = Sum(timeline, 5000 * Second);
        timeline.Trim(new(4940 * Second));
        Assert.Equal(60, timeline.Count);
        Assert.Equal(before, Sum(timeline, 5000 * Second));
    }

    [Fact]
    public void Any_number_of_readers_may_ask_at_once()
    {
        for (var round = 0; round < 20; round++)
        {
            var timeline = Plan.NewTimeline();
            for (var i = 0; i < 3000; i++)
            {
                var row = Row(i * 1000L, i + 1, 1);
                Plan.Append(timeline, row.Stamp, row.Values);
            }

            var sums = new double[8];
            Parallel.For(0, sums.Length, reader => sums[reader] = Sum(timeline, 3000 * 1000L));
            Assert.All(sums, sum => Assert.Equal(3000, sum));
        }
    }

    private static LogRow Row(long at, long seq, double? x) =>
        new(at, 0, seq, x is { } number ? Value.FromNumber(number) : Value.Null, default, default);

    private static EntityTimeline Of(params LogRow[] rows)
    {
        var timeline = Plan.NewTimeline();
        foreach (var row in rows)
        {
            Assert.True(Plan.Append(timeline, row.Stamp, row.Identity, row.Values));
        }

        return timeline;
    }

    private static string Latest(EntityTimeline? timeline, long t, Horizon? horizon = null)
    {
        var (into, statuses) = (new Value[3], new FeatureStatus[3]);
        Assert.True(Plan.Evaluate(timeline, new(t), horizon ?? Horizon.Unbounded, into, statuses));
        return $"{into[0]} {statuses[0]}";
    }

    private static double Sum(EntityTimeline timeline, long t, Horizon? horizon = null)
    {
        var into = new Value[3];
        Assert.True(Plan.Evaluate(timeline, new(t), horizon ?? Horizon.Unbounded, into));
        return into[1].IsNull ? 0 : into[1].AsNumber;
    }
}

using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

/// <summary>Bursts of late rows into the middle of a long timeline: whatever is asked between them, the state is that of the same rows in order.</summary>
public sealed class LateRowTests
{
    private const int Rows = 2_600;
    private const long Step = RandomLogs.Second;

    private static readonly EntityViewPlan Plan = EntityViewPlan.Compile(
        [
            new("sum", "sum(x) over 600s"), new("sum_all", "sum(x) over 86400s"), new("mean", "mean(k) over 600s where c"), new("count", "count() over 86400s"),
            new("min", "min(x) over 600s"), new("max", "max(k) over 86400s"), new("std", "std(x) over 600s"), new("trend", "trend(x) over 86400s"),
            new("last", "last(s) over 600s"), new("first", "first(x) over 600s"), new("latest", "latest(x) over 30s"), new("top", "top_k(k, 5) over 600s"),
            new("distinct", "distinct(s) over 86400s"), new("quantile", "quantile(x, 0.5) over 600s"), new("last_k", "last_k(s, 9) over 600s"),
        ],
        RandomLogs.Schema).Plan!;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    [InlineData(true, 5)]
    public void Bursts_into_the_middle_with_questions_and_restarts_between_change_no_bit(bool keyed, int seed)
    {
        var random = new Random(seed);
        var timeline = Plan.NewTimeline();
        var rows = new List<LogRow>();
        for (var i = 0; i < Rows; i++)
        {
            Take(timeline, rows, Row(random, (i + 1) * Step, keyed));
        }

        for (var burst = 0; burst < 25; burst++)
        {
            var size = random.Next(4) == 0 ? random.Next(200) : random.Next(8);
            for (var i = 0; i < size; i++)
            {
                // Now and then one at the end, behind those that wait.
                var at = random.Next(6) == 0 ? (Rows + rows.Count) * Step : random.NextInt64(Rows * Step);
                Take(timeline, rows, Row(random, at, keyed));
            }

            var again = rows[random.Next(rows.Count)];
            Assert.False(Plan.Append(timeline, again.Stamp, again.Identity, again.Values));
            Ask(ref timeline, random, rows);
        }
    }

    [Fact]
    public void A_burst_that_nobody_asks_about_is_merged_when_it_is_long()
    {
        var random = new Random(6);
        var timeline = Plan.NewTimeline();
        var rows = new List<LogRow>();
        for (var i = 0; i < 7_000; i++)
        {
            Take(timeline, rows, Row(random, random.NextInt64(Rows * Step), keyed: i > 3_500));
        }

        Assert.Equal(7_000, timeline.Count);
        AssertSame(timeline, rows, Rows * Step, Horizon.Unbounded, Visibility.AsCorrected);
    }

    [Fact]
    public void What_waits_is_trimmed_counted_and_stamped_like_the_rest()
    {
        var random = new Random(7);
        var (timeline, rows) = (Plan.NewTimeline(), new List<LogRow>());
        for (var i = 0; i < Rows; i++)
        {
            Take(timeline, rows, Row(random, (i + 1) * Step, keyed: false));
        }

        Take(timeline, rows, Row(random, (100 * Step) + 1, keyed: false));
        Assert.Equal(rows[^1].Stamp, timeline.StampAt(100));
        Take(timeline, rows, Row(random, (50 * Step) + 1, keyed: true));
        Assert.Equal(rows[^1].Identity, timeline.IdentityAt(50));
        Take(timeline, rows, Row(random, (1_200 * Step) + 1, keyed: false));
        timeline.Trim(new(1_200 * Step));
        Assert.Equal(rows.Count(r => r.EventTime >= 1_200 * Step), timeline.Count);
        Assert.Equal(rows[^1].Stamp, timeline.StampAt(1));
    }

    [Fact]
    public void Any_number_of_readers_may_find_late_rows_waiting()
    {
        var random = new Random(8);
        var (timeline, rows) = (Plan.NewTimeline(), new List<LogRow>());
        for (var i = 0; i < Rows; i++)
        {
            Take(timeline, rows, Row(random, (i + 1) * Step, keyed: true));
        }

        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                Take(timeline, rows, Row(random, random.NextInt64(Rows * Step), keyed: true));
            }

            var answers = new Value[4][];
            Parallel.For(0, answers.Length, reader => answers[reader] = Evaluate(timeline, Rows * Step, Horizon.Unbounded, Visibility.AsCorrected));
            var expected = Evaluate(InOrder(rows), Rows * Step, Horizon.Unbounded, Visibility.AsCorrected);
            Assert.All(answers, answer => Assert.Equal(expected, answer));
        }
    }

    /// <summary>Keys that fall on one another in the hash table, two rows of each, among rows that move by one: each must still be found by its correction.</summary>
    [Fact]
    public void Keys_are_found_after_rows_near_the_end_have_moved()
    {
        const int crowd = 60;
        var random = new Random(9);
        var (timeline, rows, crowded) = (Plan.NewTimeline(), new List<LogRow>(), new List<UInt128>());
        for (var i = 0; i < Rows; i++)
        {
            Take(timeline, rows, Row(random, (i + 1) * Step, keyed: true) with { Identity = RowIdentity.Of(i < Rows - crowd ? (UInt128)(i + 1) << 40 : Crowded(i % (crowd / 2))) });
        }

        for (var round = 0; round < crowd; round++)
        {
            for (var late = 0; late < 3; late++)
            {
                var at = ((Rows - random.Next(1, crowd)) * Step) + 1 + (round * 3) + late;
                Take(timeline, rows, Row(random, at, keyed: true) with { Identity = RowIdentity.Of(Crowded((Rows * 2) + (round * 3) + late)) });
            }

            AssertSame(timeline, rows, Rows * Step, Horizon.Unbounded, Visibility.AsCorrected);
        }

        foreach (var key in crowded.Distinct())
        {
            var correction = Row(random, (Rows + rows.Count) * Step, keyed: true) with { Identity = RowIdentity.Retraction(key) };
            Take(timeline, rows, correction);
            AssertSame(timeline, rows, (Rows + rows.Count + 1) * Step, Horizon.Unbounded, Visibility.AsCorrected);
        }

        UInt128 Crowded(int i)
        {
            // The table mixes both halves by their difference, which is the same for all of these.
            crowded.Add(((UInt128)(ulong)i << 64) | ((ulong)i ^ 0x5555));
            return crowded[^1];
        }
    }

    private static void Take(EntityTimeline timeline, List<LogRow> rows, LogRow row)
    {
        row = row with { Seq = rows.Count + 1 };
        rows.Add(row);
        Assert.True(Plan.Append(timeline, row.Stamp, row.Identity, row.Values));
    }

    private static LogRow Row(Random random, long at, bool keyed)
    {
        var x = random.Next(9) == 0 ? Value.Null : Value.FromNumber(random.Next(30) == 0 ? 1e30 : Math.Round(random.NextDouble() * 100, 2));
        var key = (UInt128)random.Next(1, 3_000) << 40;
        var identity = !keyed ? RowIdentity.None : random.Next(10) == 0 ? RowIdentity.Retraction(key) : RowIdentity.Of(key);
        return new(
            at, at + random.NextInt64(20 * Step), 0, x, Value.FromInteger(random.Next(50)), Value.FromBoolean(random.Next(2) == 0), Value.FromText("s" + random.Next(7)), identity);
    }

    private static void Ask(ref EntityTimeline timeline, Random random, List<LogRow> rows)
    {
        switch (random.Next(8))
        {
            case 0:
                var bytes = new ArrayBufferWriter<byte>();
                Plan.Write(timeline, bytes);
                timeline = Plan.Read(bytes.WrittenSpan)!;
                break;
            case 1:
                // Nobody asks: the next burst joins those that wait.
                return;
        }

        var t = random.Next(2) == 0 ? Rows * Step : random.NextInt64(Rows * Step);
        AssertSame(timeline, rows, t, random.Next(2) == 0 ? Horizon.Unbounded : new(random.Next(rows.Count)), random.Next(2) == 0 ? Visibility.AsKnown : Visibility.AsCorrected);
    }

    private static void AssertSame(EntityTimeline timeline, List<LogRow> rows, long t, Horizon horizon, Visibility visibility) =>
        Assert.Equal(Evaluate(InOrder(rows), t, horizon, visibility), Evaluate(timeline, t, horizon, visibility));

    /// <summary>The same rows appended in the total order, where none is late.</summary>
    private static EntityTimeline InOrder(List<LogRow> rows)
    {
        var timeline = Plan.NewTimeline();
        foreach (var row in rows.OrderBy(r => r.Stamp))
        {
            Plan.Append(timeline, row.Stamp, row.Identity, row.Values);
        }

        return timeline;
    }

    private static Value[] Evaluate(EntityTimeline timeline, long t, Horizon horizon, Visibility visibility)
    {
        var into = new Value[Plan.Features.Count];
        Assert.True(Plan.Evaluate(timeline, new(t), horizon, into, visibility));
        return into;
    }
}

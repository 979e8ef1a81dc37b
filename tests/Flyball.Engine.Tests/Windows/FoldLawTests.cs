using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Engine.Tests.Windows;

/// <summary>The fold against a naive oracle, bit for bit, and the laws that follow from its definition.</summary>
public sealed class FoldLawTests
{
    private const long Second = RandomLogs.Second;

    private static readonly AggregateCase[] Aggregates =
    [
        new("count", "", 10 * Second), new("count", "", 60 * Second, 5 * Second, Conditioned: true), new("count", "x", 10 * Second, Conditioned: true),
        new("count", "k", 3600 * Second, Empty: "7"), new("count", "s", 3600 * Second),
        new("sum", "x", 10 * Second), new("sum", "x", 60 * Second), new("sum", "x", 3600 * Second, 5 * Second, Conditioned: true), new("sum", "x", 1),
        new("sum", "k", 60 * Second), new("sum", "k", 10 * Second, 2, Empty: "0"), new("sum", "x", 20 * Second, Empty: "-1"),
        new("mean", "x", 60 * Second, Second), new("mean", "k", 60 * Second, Conditioned: true), new("mean", "x", 3600 * Second),
        new("var", "x", 3600 * Second), new("std", "x", 60 * Second), new("var", "k", 3600 * Second), new("std", "k", 60 * Second, Conditioned: true),
        new("trend", "x", 3600 * Second), new("trend", "k", 3600 * Second, 5 * Second, Conditioned: true), new("trend", "x", 60 * Second),
        new("min", "x", 60 * Second), new("max", "x", 10 * Second, 5 * Second), new("min", "k", 3600 * Second, Conditioned: true), new("max", "k", 60 * Second, Empty: "3"),
        new("first", "x", 60 * Second), new("last", "x", 60 * Second), new("first", "s", 3600 * Second, Conditioned: true, IgnoresNulls: true),
        new("last", "s", 3600 * Second, 2, IgnoresNulls: true), new("latest", "x", 60 * Second), new("latest", "k", 10 * Second, 5 * Second, IgnoresNulls: true, Empty: "9"),
        new("distinct", "x", 3600 * Second), new("distinct", "k", 60 * Second), new("distinct", "s", 3600 * Second, Conditioned: true, Empty: "0"),
        new("quantile", "x", 3600 * Second, Constant: "0.5"), new("quantile", "k", 60 * Second, Constant: "0.9"), new("quantile", "x", 10 * Second, Constant: "1"),
        new("rate", "", 60 * Second, Constant: "'hour'"), new("rate", "", 10 * Second, Conditioned: true),
        new("time_since_last", "", 60 * Second), new("time_since_last", "k", 3600 * Second, 5 * Second, Conditioned: true),
        new("top_k", "k", 3600 * Second, Constant: "3"), new("top_k", "s", 60 * Second, Constant: "2"), new("last_k", "s", 3600 * Second, Constant: "4"),
        new("last_k", "k", 60 * Second, Conditioned: true, Constant: "100"),
    ];

    private static readonly EntityViewPlan Plan = Compile();

    private static readonly (long, long)[] Windows = [.. Aggregates.Select(a => (a.Window, a.Delay)).Distinct()];

    private static readonly Gen<LogCase> Logs = RandomLogs.Cases(Windows);

    /// <summary>Enough rows for blocks of several levels.</summary>
    private static readonly Gen<LogCase> LongLogs = RandomLogs.Cases(Windows, 700);

    private static bool IsLong => Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1";

    [Fact]
    public void Every_aggregate_equals_the_naive_scan_bit_for_bit()
    {
        var (seen, entered) = (0, 0);
        Prop.ForAll(Logs.ToArbitrary(), log =>
        {
            var expected = Aggregates.Select(a => NaiveFold.Evaluate(a, log)).ToArray();
            seen++;
            entered += expected[1].AsInteger > 0 ? 1 : 0;
            AssertSame(expected, Evaluate(log, log.Rows));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(IsLong ? 150_000 : 8_000));

        // The generator is no use when windows stay empty.
        Assert.True(entered > seen / 5, $"{entered} of {seen} logs had rows in the window.");
    }

    [Fact]
    public void Windows_of_many_blocks_equal_the_naive_scan_bit_for_bit()
    {
        Prop.ForAll(LongLogs.ToArbitrary(), log => AssertSame([.. Aggregates.Select(a => NaiveFold.Evaluate(a, log))], Evaluate(log, log.Rows)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(IsLong ? 3_000 : 60));
    }

    [Fact]
    public void Arrival_in_any_order_and_batches_with_questions_and_restarts_between_changes_no_bit()
    {
        var cases = from log in Logs
                    from order in Gen.Shuffle(log.Rows)
                    from steps in Gen.Choose(0, 11).ListOf(log.Rows.Length)
                    select (log, order, steps);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var timeline = Plan.NewTimeline();
            var into = new Value[Aggregates.Length];
            for (var i = 0; i < c.order.Length; i++)
            {
                Plan.Append(timeline, c.order[i].Stamp, c.order[i].Identity, c.order[i].Values);
                if (c.steps[i] == 0)
                {
                    timeline = Reload(timeline);
                }
                else if (c.steps[i] < 5)
                {
                    // A question in between computes sums of blocks that a later row may belong into.
                    Plan.Evaluate(timeline, new(c.log.T), Horizon.Unbounded, into, Visibility.AsCorrected);
                }
            }

            Assert.True(Plan.Evaluate(timeline, new(c.log.T), new(c.log.Horizon), into, c.log.Visibility));
            AssertSame(Evaluate(c.log, c.log.Rows), into);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(IsLong ? 50_000 : 3_000));
    }

    [Fact]
    public void The_order_of_arrival_changes_no_bit()
    {
        var cases = from log in Logs from order in Gen.Shuffle(log.Rows) select (log, order);
        Prop.ForAll(cases.ToArbitrary(), c => Evaluate(c.log, c.log.Rows).SequenceEqual(Evaluate(c.log, c.order)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Rows_beyond_the_horizon_or_not_yet_known_change_no_bit()
    {
        Prop.ForAll(Logs.ToArbitrary(), log =>
        {
            var inside = log.Rows.Where(row => row.Seq <= log.Horizon);
            var usable = log.Visibility.Mode == VisibilityMode.AsKnown ? inside.Where(row => row.KnownAt <= log.T) : inside;
            return Evaluate(log, log.Rows).SequenceEqual(Evaluate(log, usable));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void A_value_served_while_the_log_grew_equals_the_value_replayed_later()
    {
        Prop.ForAll(Logs.ToArbitrary(), log =>
        {
            // Rows become known as they arrive; each question is asked at once, and again after everything has arrived.
            var arriving = log.Rows.OrderBy(r => r.KnownAt).Select((row, i) => row with { Seq = i + 1 }).ToList();
            var live = Plan.NewTimeline();
            var served = new List<(long T, long H, Value[] Values)>();
            foreach (var row in arriving)
            {
                Plan.Append(live, row.Stamp, row.Identity, row.Values);
                var into = new Value[Aggregates.Length];
                Plan.Evaluate(live, new(row.KnownAt), new(row.Seq), into);
                served.Add((row.KnownAt, row.Seq, into));
            }

            return served.All(s => Evaluate(new([], s.T, s.H, Visibility.AsKnown), arriving.AsEnumerable().Reverse()).SequenceEqual(s.Values));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Trimming_what_no_window_reaches_changes_no_bit()
    {
        Prop.ForAll(Logs.ToArbitrary(), log =>
        {
            var timeline = Build(log.Rows);
            timeline.Trim(new(log.T - Plan.LongestWindowMicros));
            var into = new Value[Aggregates.Length];
            return Plan.Evaluate(timeline, new(log.T), new(log.Horizon), into, log.Visibility) && into.SequenceEqual(Evaluate(log, log.Rows));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void A_snapshot_reads_back_to_a_state_that_writes_the_same_bytes()
    {
        Prop.ForAll(LongLogs.ToArbitrary(), log =>
        {
            var timeline = Build(log.Rows);
            timeline.Trim(new(log.T - (1800 * Second)));
            var bytes = Snapshot(timeline);
            return bytes.SequenceEqual(Snapshot(Plan.Read(bytes)!));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void A_damaged_or_foreign_snapshot_is_refused()
    {
        var bytes = Snapshot(Build(Gen.Sample(LongLogs, 5)[^1].Rows));
        for (var i = 0; i < bytes.Length; i += Math.Max(1, bytes.Length / 300))
        {
            bytes[i] ^= 1;
            Assert.Null(Plan.Read(bytes));
            bytes[i] ^= 1;
            Assert.Null(Plan.Read(bytes.AsSpan(0, i)));
        }

        Assert.NotNull(Plan.Read(bytes));
        Assert.Null(EntityViewPlan.Compile([new("n", "sum(x) over 1d")], RandomLogs.Schema).Plan!.Read(bytes));
    }

    private static byte[] Snapshot(EntityTimeline timeline)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Plan.Write(timeline, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static EntityTimeline Reload(EntityTimeline timeline)
    {
        var read = Plan.Read(Snapshot(timeline));
        Assert.NotNull(read);
        return read;
    }

    private static void AssertSame(Value[] expected, Value[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i] == actual[i], $"{Aggregates[i].Text}: expected {expected[i]}, got {actual[i]}");
        }
    }

    private static EntityViewPlan Compile()
    {
        var outcome = EntityViewPlan.Compile([.. Aggregates.Select((a, i) => new FeatureSource($"f{i}", a.Text))], RandomLogs.Schema);
        Assert.True(outcome.Succeeded, string.Join('\n', outcome.Problems));
        return outcome.Plan;
    }

    private static EntityTimeline Build(IEnumerable<LogRow> rows)
    {
        var timeline = Plan.NewTimeline();
        foreach (var row in rows)
        {
            Assert.True(Plan.Append(timeline, row.Stamp, row.Identity, row.Values));
        }

        return timeline;
    }

    private static Value[] Evaluate(LogCase log, IEnumerable<LogRow> rows)
    {
        var into = new Value[Aggregates.Length];
        Assert.True(Plan.Evaluate(Build(rows), new(log.T), new(log.Horizon), into, log.Visibility));
        return into;
    }
}

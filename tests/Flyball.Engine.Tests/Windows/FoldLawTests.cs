using Flyball.Engine.Expressions;
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
        new("count", "k", 3600 * Second, Empty: 7),
        new("sum", "x", 10 * Second), new("sum", "x", 60 * Second), new("sum", "x", 3600 * Second, 5 * Second, Conditioned: true), new("sum", "x", 1),
        new("sum", "k", 60 * Second), new("sum", "k", 10 * Second, 2, Empty: 0), new("sum", "x", 20 * Second, Empty: -1),
        new("mean", "x", 60 * Second, Second), new("mean", "k", 60 * Second, Conditioned: true), new("mean", "x", 3600 * Second),
        new("min", "x", 60 * Second), new("max", "x", 10 * Second, 5 * Second), new("min", "k", 3600 * Second, Conditioned: true), new("max", "k", 60 * Second, Empty: 3),
    ];

    private static readonly EntityViewPlan Plan = Compile();

    private static readonly Gen<LogCase> Logs =
        RandomLogs.Cases([.. Aggregates.Select(a => (a.Window, a.Delay, NaiveFold.TileOf(a.Window)))]);

    [Fact]
    public void Every_aggregate_equals_the_naive_scan_bit_for_bit()
    {
        var (seen, entered) = (0, 0);
        Prop.ForAll(Logs.ToArbitrary(), log =>
        {
            var expected = Aggregates.Select(a => NaiveFold.Evaluate(a, log)).ToArray();
            seen++;
            entered += expected[1].AsInteger > 0 ? 1 : 0;
            return Evaluate(log, log.Rows).SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

        // The generator is no use when windows stay empty.
        Assert.True(entered > seen / 4, $"{entered} of {seen} logs had rows in the window.");
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
                Plan.Append(live, row.Stamp, row.Values);
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
            Assert.True(Plan.Append(timeline, row.Stamp, row.Values));
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

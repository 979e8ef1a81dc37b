using System.Buffers;
using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Benchmarks.Fold;

/// <summary>
/// Twenty window features (sum, count, mean, min, max over 1 h, 1 d, 7 d, 30 d): what a read costs whatever the window holds, and how many events
/// a core folds. Medians of five rounds.
/// </summary>
internal static class FoldBenchmark
{
    private const int Rounds = 5;
    private const long Span = 60 * Clock.MicrosPerDay;

    private static readonly EntityViewPlan Plan = EntityViewPlan.Compile(
        [.. from op in new[] { "sum(amount)", "count()", "mean(amount)", "min(amount)", "max(amount)" }
            from window in new[] { "1h", "1d", "7d", "30d" }
            select new FeatureSource($"{op}_{window}", $"{op} over {window}")],
        new([new("amount", ScalarType.Number), new("event_time", ScalarType.Timestamp)])).Plan!;

    public static void Run()
    {
        foreach (var rows in new[] { 60, 1_000, 10_000, 100_000 })
        {
            Read(rows, "online", static (_, i) => Span + (i % 3_600_000));
            Read(rows, "replayed", static (random, _) => (30 * Clock.MicrosPerDay) + random.NextInt64(30 * Clock.MicrosPerDay));
        }

        foreach (var late in new[] { 0, 5 })
        {
            Fold(entities: 1_000, perEntity: 1_000, late);
        }

        Fold(entities: 10, perEntity: 100_000, late: 0);
        foreach (var keyed in new[] { false, true })
        {
            Late(keyed, reads: 0);
            Late(keyed, reads: 1_000);
        }

        Restart(entities: 1_000, perEntity: 1_000);
    }

    /// <summary>Rows into the middle of one entity's many: late ones, or corrections of rows that are there.</summary>
    private static void Late(bool keyed, int reads)
    {
        const int there = 100_000;
        const int late = 60_000;
        var into = new Value[Plan.Features.Count];
        var row = new Value[2];
        var seconds = new double[3];
        for (var round = 0; round < seconds.Length; round++)
        {
            var timeline = Plan.NewTimeline();
            Append(timeline, there, i => (Span / there * i, i));
            Plan.Evaluate(timeline, new(Span), Horizon.Unbounded, into, Visibility.AsCorrected);
            var random = new Random(7);
            var before = Environment.CpuUsage.UserTime;
            Append(timeline, late, i => (Span / there * (i = random.Next(there)), i), there, reads == 0 ? int.MaxValue : late / reads);
            Plan.Evaluate(timeline, new(Span), Horizon.Unbounded, into, Visibility.AsCorrected);
            seconds[round] = (Environment.CpuUsage.UserTime - before).TotalSeconds;
        }

        Array.Sort(seconds);
        Print($"late, {late:N0} {(keyed ? "corrections" : "rows")} into the middle of {there:N0}, {reads:N0} reads between: {seconds[1]:F3} s, {seconds[1] / late * 1e6:F2} us each");

        void Append(EntityTimeline timeline, int rows, Func<int, (long At, int Key)> next, int firstSeq = 0, int everyRead = int.MaxValue)
        {
            for (var i = 0; i < rows; i++)
            {
                var (at, key) = next(i);
                row[0] = Value.FromNumber(10 + (i % 97 * 0.37));
                row[1] = Value.FromTimestamp(at);
                Plan.Append(timeline, new(new(at), new(Span + firstSeq + i), firstSeq + i), keyed ? RowIdentity.Of((UInt128)key + 1) : RowIdentity.None, row);
                if (i % everyRead == everyRead - 1)
                {
                    Plan.Evaluate(timeline, new(Span), Horizon.Unbounded, into, Visibility.AsCorrected);
                }
            }
        }
    }

    private static void Restart(int entities, int perEntity)
    {
        var timeline = Plan.NewTimeline();
        CustomerActivity.Fill(Plan, timeline, perEntity, Span);
        var written = new ArrayBufferWriter<byte>();
        Plan.Write(timeline, written);
        var into = new Value[Plan.Features.Count];
        var perSecond = Median(() =>
        {
            for (var i = 0; i < entities; i++)
            {
                Plan.Evaluate(Plan.Read(written.WrittenSpan), new(Span), Horizon.Unbounded, into);
            }

            return entities * perEntity;
        });
        Print($"restart: {perSecond:N0} events/s read from snapshots and ready, {(double)written.WrittenCount / perEntity:F1} bytes an event");
    }

    private static void Read(int rowsInWindow, string kind, Func<Random, int, long> instant)
    {
        const int reads = 200_000;
        var timeline = Plan.NewTimeline();
        CustomerActivity.Fill(Plan, timeline, rowsInWindow * 2, Span);
        var into = new Value[Plan.Features.Count];
        var nanoseconds = Median(() =>
        {
            var random = new Random(7);
            for (var i = 0; i < reads; i++)
            {
                Plan.Evaluate(timeline, new(instant(random, i)), Horizon.Unbounded, into, Visibility.AsCorrected);
            }

            return reads;
        });
        Print($"read, {kind}, {rowsInWindow:N0} rows in 30 d: {1e9 / nanoseconds:N0} ns for 20 features");
    }

    private static void Fold(int entities, int perEntity, int late)
    {
        var random = new Random(7);
        var rows = new (int Entity, long At, double Amount)[entities * perEntity];
        for (var i = 0; i < rows.Length; i++)
        {
            var at = Span / rows.Length * i;
            rows[i] = (random.Next(entities), random.Next(100) < late ? Math.Max(0, at - random.NextInt64(Clock.MicrosPerDay)) : at, Math.Round(random.NextDouble() * 500, 2));
        }

        var into = new Value[Plan.Features.Count];
        var perSecond = Median(() =>
        {
            var timelines = Enumerable.Range(0, entities).Select(_ => Plan.NewTimeline()).ToArray();
            var row = new Value[2];
            for (var i = 0; i < rows.Length; i++)
            {
                row[0] = Value.FromNumber(rows[i].Amount);
                row[1] = Value.FromTimestamp(rows[i].At);
                Plan.Append(timelines[rows[i].Entity], new(new(rows[i].At), new(rows[i].At), i), row);
            }

            // The sums of blocks are computed at the first question.
            foreach (var timeline in timelines)
            {
                Plan.Evaluate(timeline, new(Span), Horizon.Unbounded, into);
            }

            return rows.Length;
        });
        Print($"fold, {entities:N0} entities x {perEntity:N0} events, {late} % late: {perSecond:N0} events/s into 20 aggregates on one core");
    }

    private static double Median(Func<int> round)
    {
        round();
        var rates = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            // The processor's time, not the clock's: what else runs on the machine is not the fold's cost.
            var before = Environment.CpuUsage.UserTime;
            var done = round();
            rates[i] = done / (Environment.CpuUsage.UserTime - before).TotalSeconds;
        }

        Array.Sort(rates);
        return rates[Rounds / 2];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

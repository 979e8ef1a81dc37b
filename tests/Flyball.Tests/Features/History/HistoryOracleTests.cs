using Flyball.Engine.Expressions;
using Flyball.Engine.Tests.Windows;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features.History;

namespace Flyball.Tests.Features.History;

/// <summary>A history equals a scan of the whole log for each row of the spine, bit for bit, however it was parted, spilled and ordered.</summary>
public sealed class HistoryOracleTests
{
    private const long Second = RandomLogs.Second;

    private static readonly string?[] Entities = ["a", "ab", "", "bc", "zürich", null];

    private static readonly AggregateCase[] Cases =
    [
        new("count", "", 10 * Second), new("count", "x", 60 * Second, Conditioned: true), new("sum", "x", 60 * Second), new("sum", "k", 10 * Second),
        new("mean", "x", 60 * Second, Delay: 2 * Second), new("min", "k", 60 * Second), new("max", "x", 10 * Second), new("first", "s", 60 * Second),
        new("last", "x", 60 * Second, IgnoresNulls: true), new("latest", "k", 60 * Second), new("std", "x", 60 * Second), new("distinct", "s", 60 * Second),
    ];

    /// <summary>A round is a log of its own with some thousand comparisons.</summary>
    private static readonly int Rounds = Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1" ? 12 : 5;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    public void Every_value_is_that_of_a_scan_of_the_log(bool takesCorrections, int seed)
    {
        var (compared, found) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random((seed * 1000) + round);
            using var world = new HistoryWorld(takesCorrections, rowsPerFile: 50);
            var rows = Log(random, takesCorrections);
            world.Append(rows);
            var spine = Spine(random);
            var visibility = random.Next(4) switch
            {
                0 => Visibility.AsCorrected,
                1 => Visibility.SimulatedDelay(3 * Second),
                _ => Visibility.AsKnown,
            };
            var horizon = random.Next(3) == 0 ? random.Next(rows.Count) : rows.Count;
            var options = new HistoryOptions { Parallelism = random.Next(1, 4), HeldBytes = random.Next(3) * 1000, PartBytes = 500, RangeRows = random.Next(1, 50) };
            var views = world.Views([.. Cases.Select(c => c.Text)]);

            var values = world.Ask(views, spine, visibility, horizon, options);

            Assert.Equal(spine.Count, values.Count);
            for (var r = 0; r < spine.Count; r++)
            {
                var log = Question(rows, spine[r], horizon, visibility);
                for (var f = 0; f < Cases.Length; f++)
                {
                    var expected = NaiveFold.Evaluate(Cases[f], log);
                    Assert.True(expected == values[r][f], $"seed {seed} round {round} row {r} {Cases[f].Text}: {values[r][f]} instead of {expected}\n{log}");
                    compared++;
                    found += expected.IsNull || expected == Value.FromInteger(0) ? 0 : 1;
                }
            }
        }

        Assert.True(compared > 300 * Rounds && found > compared / 5, $"{found} of {compared} values were something.");
    }

    /// <summary>What one row of the spine asks, in the oracle's words. It knows of no instant of knowledge beside t: rows are known so much earlier or later instead.</summary>
    private static LogCase Question(List<WorldRow> rows, Asked asked, long horizon, Visibility visibility)
    {
        var ofEntity = asked.Entity is null ? [] : rows.Where(r => r.Entity == asked.Entity).Select(r => r.Row).ToArray();
        if (asked.KnownBy is not { } knownBy || visibility.Mode == VisibilityMode.AsCorrected)
        {
            return new LogCase(ofEntity, asked.T, horizon, visibility);
        }

        return visibility.Mode == VisibilityMode.AsKnown
            ? new LogCase([.. ofEntity.Select(r => r with { KnownAt = r.KnownAt + asked.T - knownBy })], asked.T, horizon, visibility)
            : new LogCase(ofEntity, asked.T, horizon, visibility.WithDeclaredDelay(asked.T - knownBy));
    }

    private static List<WorldRow> Log(Random random, bool takesCorrections)
    {
        var rows = new List<WorldRow>();
        for (var seq = 1; seq <= 120; seq++)
        {
            // An entity has its facts, and a fact keeps its entity.
            var id = takesCorrections ? random.Next(60) : seq;
            var entity = Entities[(takesCorrections ? id : random.Next(100)) % Entities.Length];
            var time = random.Next(4) switch
            {
                0 => (random.Next(-8, 8) * 10 * Second) + random.Next(-1, 2),
                _ => random.NextInt64(-120 * Second, 60 * Second),
            };
            var identity = !takesCorrections ? RowIdentity.None : random.Next(8) == 0 ? RowIdentity.Retraction((UInt128)id) : RowIdentity.Of((UInt128)id);
            rows.Add(new(entity, id, new LogRow(
                time,
                time + (random.Next(3) == 0 ? random.NextInt64(60 * Second) : 0),
                seq,
                random.Next(5) == 0 ? Value.Null : Value.FromNumber(random.Next(9) == 0 ? 1e16 * random.Next(-1, 2) : random.Next(-50, 50) / 8.0),
                random.Next(5) == 0 ? Value.Null : Value.FromInteger(random.Next(-20, 20)),
                random.Next(5) == 0 ? Value.Null : Value.FromBoolean(random.Next(2) == 0),
                random.Next(5) == 0 ? Value.Null : Value.FromText(random.Next(2) == 0 ? "DE" : ""),
                identity)));
        }

        return rows;
    }

    /// <summary>Keys that have rows, that have none and that are null; instants that meet the ends of windows; rows twice.</summary>
    private static List<Asked> Spine(Random random)
    {
        var states = random.Next(2) == 0;
        var spine = new List<Asked>();
        for (var i = 0; i < 30; i++)
        {
            var t = (random.Next(-3, 7) * 10 * Second) + random.Next(-1, 2);
            spine.Add(new(random.Next(8) == 0 ? "nobody" : Entities[random.Next(Entities.Length)], t, states && random.Next(3) > 0 ? t - random.Next(4 * (int)Second) : null));
        }

        spine.AddRange(spine.Take(5).ToList());
        return spine;
    }
}

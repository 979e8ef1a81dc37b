using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;
using static Flyball.Tests.Features.History.HistoryWorld;

namespace Flyball.Tests.Features.History;

/// <summary>The cases by which point-in-time joins are judged, each as the least log that shows it.</summary>
public sealed class HistoryExampleTests : IDisposable
{
    private const long Second = 1_000_000;

    private readonly HistoryWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_window_holds_its_start_and_not_its_end()
    {
        const long t = 1000 * Second;
        var w = 10 * Second;
        world.Append(new[] { t - w - 1, t - w, t - w + 1, t - 1, t, t + 1 }.Select((at, i) => Row("a", i + 1, at, i)));

        var row = world.Ask(world.Views("count() over 10s", "latest(x) over 10s"), [new("a", t)])[0];

        Assert.Equal([Value.FromInteger(3), Value.FromNumber(4)], row);
    }

    [Fact]
    public void A_delayed_window_has_the_same_ends_earlier()
    {
        const long t = 1000 * Second;
        var (w, d) = (10 * Second, 5 * Second);
        world.Append(new[] { t - d - w - 1, t - d - w, t - d - w + 1, t - d - 1, t - d, t - d + 1 }.Select((at, i) => Row("a", i + 1, at, i)));

        Assert.Equal([Value.FromInteger(3)], world.Ask(world.Views("count() over 10s delay 5s"), [new("a", t)])[0]);
    }

    [Fact]
    public void A_correction_counts_from_when_it_was_known_and_at_once_where_corrections_may_leak()
    {
        using var corrected = new HistoryWorld(takesCorrections: true);
        var first = Row("a", 1, 10, 1, knownAt: 11);
        corrected.Append([Keyed(first, 7), Keyed(Row("a", 30, 10, 2, knownAt: 30), 7)]);
        var views = corrected.Views("sum(x) over 60s");

        Value Ask(long t, Visibility visibility, long? horizon = null) => corrected.Ask(views, [new("a", t)], visibility, horizon)[0][0];

        Assert.Equal(Value.FromNumber(1), Ask(20, Visibility.AsKnown));
        Assert.Equal(Value.FromNumber(2), Ask(30, Visibility.AsKnown));
        Assert.Equal(Value.FromNumber(2), Ask(20, Visibility.AsCorrected));
        Assert.Equal(Value.FromNumber(1), Ask(20, Visibility.AsCorrected, horizon: 25));
        Assert.Equal(Value.FromNumber(1), Ask(30, Visibility.AsKnown, horizon: 25));
    }

    [Fact]
    public void A_retraction_takes_a_row_out_from_when_it_was_known()
    {
        using var corrected = new HistoryWorld(takesCorrections: true);
        var gone = Row("a", 2, 10, 1, knownAt: 30);
        corrected.Append([Keyed(Row("a", 1, 10, 1, knownAt: 11), 7), new(gone.Entity, 7, gone.Row with { Identity = RowIdentity.Retraction(7) })]);

        var rows = corrected.Ask(corrected.Views("count() over 60s"), [new("a", 20), new("a", 30)]);

        Assert.Equal([Value.FromInteger(1), Value.FromInteger(0)], rows.Select(r => r[0]));
    }

    [Fact]
    public void A_late_row_is_seen_from_when_it_was_known()
    {
        world.Append([Row("a", 1, 10, 5, knownAt: 100)]);

        var rows = world.Ask(world.Views("sum(x) over 60s"), [new("a", 50), new("a", 99), new("a", 100)]);

        Assert.Equal([Value.Null, Value.Null, Value.FromNumber(5)], rows.Select(r => r[0]));
    }

    [Fact]
    public void A_stated_instant_of_knowledge_replaces_t_for_what_is_known_and_not_for_windows()
    {
        world.Append([Row("a", 1, 10, 5, knownAt: 100), Row("a", 2, 60, 7, knownAt: 60)]);

        var rows = world.Ask(world.Views("sum(x) over 60s"), [new("a", 50, KnownBy: 100), new("a", 50, KnownBy: 99), new("a", 200, KnownBy: 99), new("a", 200)]);

        Assert.Equal([Value.FromNumber(5), Value.Null, Value.FromNumber(7), Value.FromNumber(12)], rows.Select(r => r[0]));
    }

    [Fact]
    public void Empty_windows_and_nulls_have_the_values_of_the_language()
    {
        world.Append([
            Row("nulls", 1, 10, null), Row("nulls", 2, 11, null), Row("one", 3, 10, 5),
            Row("big", 4, 10, 1e16), Row("big", 5, 11, 1), Row("big", 6, 12, -1e16),
            .. new[] { 4.0, 7, 13, 16 }.Select((x, i) => Row("spread", 7 + i, 10 + i, 1e9 + x)),
        ]);
        var views = world.Views("count(x) over 60s", "sum(x) over 60s", "mean(x) over 60s", "last(x) over 60s", "std(x) over 60s", "var(x) over 60s");

        var rows = world.Ask(views, [new("nobody", 50), new("nulls", 50), new("one", 50), new("big", 50), new("spread", 50)]);

        Assert.Equal([Value.FromInteger(0), Value.Null, Value.Null, Value.Null, Value.Null, Value.Null], rows[0]);
        Assert.Equal(rows[0], rows[1]);
        Assert.Equal((Value.FromNumber(5), Value.Null), (rows[2][3], rows[2][4]));
        Assert.Equal(Value.FromNumber(1), rows[3][1]);
        Assert.Equal(Value.FromNumber(30), rows[4][5]);
    }

    [Fact]
    public void Rows_without_a_match_stay_and_the_order_is_that_of_the_spine()
    {
        world.Append([Row("a", 1, 10, 1), Row("ab", 2, 10, 2), Row("b", 3, 10, 3)]);

        var rows = world.Ask(world.Views("sum(x) over 60s"), [new("b", 50), new("nobody", 50), new(null, 50), new("a", 50), new("ab", 50), new("b", 50), new("a", 5)]);

        Assert.Equal([Value.FromNumber(3), Value.Null, Value.Null, Value.FromNumber(1), Value.FromNumber(2), Value.FromNumber(3), Value.Null], rows.Select(r => r[0]));
    }

    [Fact]
    public void A_row_of_a_later_position_than_the_horizon_changes_nothing()
    {
        world.Append([Row("a", 1, 10, 1)]);
        var views = world.Views("sum(x) over 60s", "latest(x) over 60s");
        var before = world.Ask(views, [new("a", 50)])[0];

        world.Append([Row("a", 2, 20, 100)]);

        Assert.Equal(before, world.Ask(views, [new("a", 50)], horizon: 1)[0]);
        Assert.NotEqual(before, world.Ask(views, [new("a", 50)])[0]);
    }

    [Fact]
    public void Statuses_tell_unknown_from_old_from_null()
    {
        world.Append([Row("old", 1, 10, 1), Row("null", 2, 90 * Second, null), Row("there", 3, 90 * Second, 1)]);

        var rows = world.Ask(world.Views("latest(x) over 60s"), [new("nobody", 100 * Second), new("old", 100 * Second), new("null", 100 * Second), new("there", 100 * Second)], statuses: true);

        Assert.Equal(["NOT_FOUND", "OUTSIDE_MAX_AGE", "NULL_VALUE", "PRESENT"], rows.Select(r => r[1].AsText));
        Assert.Equal([Value.Null, Value.Null, Value.Null, Value.FromNumber(1)], rows.Select(r => r[0]));
    }

    [Fact]
    public void History_that_nobody_could_have_known_is_refused_and_not_a_set_of_nothing()
    {
        world.Append([Row("a", 1, 10, 1, knownAt: 1_000), Row("b", 2, 20, 2, knownAt: 1_000)]);
        var views = world.Views("count() over 60s");

        var refused = Assert.Throws<FlyballException>(() => world.Ask(views, [new("a", 50), new("b", 50)], allowEmpty: false));

        Assert.Equal("FLY3163", refused.Problem.Code);
        Assert.Contains("simulated_delay", refused.Problem.Remedy, StringComparison.Ordinal);
        Assert.Contains("--known-at", refused.Problem.Remedy, StringComparison.Ordinal);
        Assert.Equal(Value.FromInteger(1), world.Ask(views, [new("a", 50)], Visibility.SimulatedDelay(0), allowEmpty: false)[0][0]);
        Assert.Equal(Value.FromInteger(0), world.Ask(views, [new("a", 50)], allowEmpty: true)[0][0]);

        // One row that is known is a set of something, and a spine before all history is a true one of nothing.
        Assert.Equal(2, world.Ask(views, [new("a", 50), new("b", 2_000)], allowEmpty: false).Count);
        Assert.Single(world.Ask(views, [new("a", 5)], allowEmpty: false));
    }

    private static WorldRow Keyed(WorldRow row, long id) => row with { Id = id, Row = row.Row with { Identity = RowIdentity.Of((UInt128)id) } };
}

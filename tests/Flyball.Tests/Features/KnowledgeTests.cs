using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Storage.Lakes;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Features;

/// <summary>What a training row may know: corrections after its instant are for those who ask for them.</summary>
public sealed class KnowledgeTests
{
    private static readonly EventTime Paid = new(10_000_000);
    private static readonly EventTime Predicted = new(20_000_000);

    /// <summary>A payment of 10, corrected to 99 five seconds after the prediction.</summary>
    [Fact]
    public void A_correction_after_the_instant_changes_the_row_as_corrected_and_not_as_known()
    {
        Assert.Equal(Value.FromNumber(10), Sum(Visibility.AsKnown, Predicted, Rows()));
        Assert.Equal(Value.FromNumber(99), Sum(Visibility.AsCorrected, Predicted, Rows()));
        // Once it is known, it counts for both.
        Assert.Equal(Value.FromNumber(99), Sum(Visibility.AsKnown, new EventTime(25_000_000), Rows()));
    }

    [Fact]
    public void A_correction_beyond_the_horizon_changes_nothing_for_anybody()
    {
        Assert.Equal(Value.FromNumber(10), Sum(Visibility.AsKnown, Predicted, Rows(), horizon: 1));
        Assert.Equal(Value.FromNumber(10), Sum(Visibility.AsCorrected, Predicted, Rows(), horizon: 1));
    }

    [Fact]
    public void A_retraction_after_the_instant_takes_the_row_away_as_corrected_and_not_as_known()
    {
        var rows = Rows(retraction: true);

        Assert.Equal(Value.FromNumber(10), Sum(Visibility.AsKnown, Predicted, rows));
        Assert.True(Sum(Visibility.AsCorrected, Predicted, rows).IsNull);
    }

    /// <summary>The state that training sets are built from answers as known.</summary>
    [Fact]
    public void The_offline_state_knows_what_was_known_at_the_instant()
    {
        var plans = SampleViews.Compile(SampleViews.Terminal);
        var view = plans.EntityView("terminal")!;
        var state = new OfflineFeatures(plans);
        foreach (var (stamp, identity, row) in Rows())
        {
            state.Add(view, stamp, identity, row);
        }

        var values = new Value[view.Plan.Features.Count];
        state.Evaluate(view, Value.FromInteger(1), Predicted, Horizon.Unbounded, values);
        Assert.Equal(Value.FromNumber(10), values[0]);
        state.Evaluate(view, Value.FromInteger(1), new EventTime(25_000_000), Horizon.Unbounded, values);
        Assert.Equal(Value.FromNumber(99), values[0]);
    }

    /// <summary>Materialising again is safe: the same rows give the same files, and what is there is not written twice.</summary>
    [Fact]
    public async Task Extending_the_lake_again_changes_nothing()
    {
        await using var world = new ParityWorld(21);
        await world.LiveAsync(40);
        var first = world.Extend();
        using var lake = Lake.Open(world.LakeFolder);

        var again = EventLake.Extend(world.Journal, lake, [Sample.Transactions], world.Events.Applied)[0];
        var back = EventLake.Extend(world.Journal, lake, [Sample.Transactions], new Horizon(world.Events.Applied.Seq / 2))[0];
        var forth = EventLake.Extend(world.Journal, lake, [Sample.Transactions], world.Events.Applied)[0];

        Assert.Equal(first.ToJson(), again.ToJson());
        Assert.Equal(first.ToJson(), forth.ToJson());
        Assert.NotEqual(first.Digest, back.Digest);
        Assert.Equal(first.Files.Select(f => f.Name).Order(), Directory.EnumerateFiles(Path.Combine(world.LakeFolder, "transactions"), "*.parquet", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    private static Value Sum(Visibility visibility, EventTime t, IEnumerable<(RowStamp, RowIdentity, Value[])> rows, long horizon = long.MaxValue)
    {
        var plan = SampleViews.Compile(SampleViews.Terminal).EntityView("terminal")!.Plan;
        var timeline = plan.NewTimeline();
        foreach (var (stamp, identity, row) in rows)
        {
            plan.Append(timeline, stamp, identity, row);
        }

        var values = new Value[plan.Features.Count];
        plan.Evaluate(timeline, t, new Horizon(horizon), values, visibility);
        return values[0];
    }

    private static IEnumerable<(RowStamp Stamp, RowIdentity Identity, Value[] Row)> Rows(bool retraction = false)
    {
        yield return (new RowStamp(Paid, new KnownAt(11_000_000), 1), RowIdentity.Of(7), Row(10));
        yield return (new RowStamp(Paid, new KnownAt(25_000_000), 2), retraction ? RowIdentity.Retraction(7) : RowIdentity.Of(7), Row(99));
    }

    private static Value[] Row(double amount) =>
        [Value.FromInteger(7), Value.FromTimestamp(Paid), Value.FromInteger(1), Value.FromInteger(1), Value.FromNumber(amount)];
}

using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;
using Flyball.Serving;
using Flyball.Serving.Degradation;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Serving.Degradation;

public sealed class LadderTests
{
    private const string Everything =
        "[ last-known-features, default-features, previous-version, { rule: \"if(amount > 200, 0.6, 0.05)\" } ]\n  features: { max_stale: 1h, defaults: { customer_activity.count_7d: 3, customer_activity.count_30d: 4, terminal_risk.count_28d: 5, \"*\": null } }";

    [Fact]
    public async Task Features_that_are_held_are_stood_in_for_by_the_last_known_ones()
    {
        await using var fixture = new ServingFixture(Everything);
        await fixture.World.IngestAsync("transactions", [ProjectWorkspace.Payment(1000, Earlier, 1, 1, 50)]);
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1));
        var live = fixture.Predict(plan)!;

        PredictionRecord stale;
        lock (GateOf(fixture))
        {
            stale = Elsewhere(() => fixture.Predict(plan)!);
        }

        Assert.Equal((FeatureOrigin.Live, "full"), (live.Origin, RungNames.Of(live)));
        Assert.Equal((FeatureOrigin.LastKnown, Rung.Full, 2, "last-known-features"), (stale.Origin, stale.Rung, stale.Version, RungNames.Of(stale)));
        Assert.Equal(live.Features, stale.Features);
        Assert.Equal(Value.FromInteger(1), stale.Features[2]);
        Assert.True(stale.IsDegraded);
        Assert.Equal(Enumerable.Repeat(FeatureStatus.Present, 5), live.Statuses);
        Assert.Empty(stale.Statuses);
    }

    [Fact]
    public async Task An_entity_that_was_never_answered_gets_the_declared_values()
    {
        await using var fixture = new ServingFixture(Everything);
        await fixture.World.IngestAsync("transactions", [ProjectWorkspace.Payment(1000, Earlier, 1, 1, 50)]);
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1));

        PredictionRecord answer;
        lock (GateOf(fixture))
        {
            answer = Elsewhere(() => fixture.Predict(plan)!);
        }

        Assert.Equal((FeatureOrigin.Defaults, "default-features", 2), (answer.Origin, RungNames.Of(answer), answer.Version));
        Assert.Equal([Value.FromInteger(3), Value.FromInteger(4), Value.FromInteger(5)], answer.Features.Skip(2));
        Assert.Equal(Value.FromNumber(100), answer.Features[0]);
        var again = (await fixture.Reproduction.ReproduceAsync(answer.RequestId, TestContext.Current.CancellationToken))!;
        Assert.True(again.Identical, again.Difference);
        Assert.Contains("default-features", again.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_that_are_too_old_are_not_used()
    {
        await using var fixture = new ServingFixture("[ last-known-features, { rule: \"0.5\" } ]\n  features: { max_stale: 1us }");
        await fixture.World.IngestAsync("transactions", [ProjectWorkspace.Payment(1000, Earlier, 1, 1, 50)]);
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2));
        fixture.Predict(plan, at: Earlier);

        lock (GateOf(fixture))
        {
            Assert.Equal(Rung.Rule, Elsewhere(() => fixture.Predict(plan)!).Rung);
        }
    }

    [Fact]
    public async Task What_is_not_declared_stands_in_for_nothing()
    {
        await using var fixture = new ServingFixture("[ previous-version ]");
        await fixture.World.IngestAsync("transactions", [ProjectWorkspace.Payment(1000, Earlier, 1, 1, 50)]);
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1));
        fixture.Predict(plan);

        lock (GateOf(fixture))
        {
            Assert.Null(Elsewhere(() => fixture.Predict(plan)));
        }

        Assert.Equal("FLY5001", fixture.Answer.Problem?.Code);
    }

    [Fact]
    public async Task Time_that_ran_out_leaves_the_rule_alone()
    {
        await using var fixture = new ServingFixture();
        fixture.World.Time.TimePerRead = TimeSpan.FromMilliseconds(1);
        fixture.TimeoutMicros = 500;

        var answer = fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1)))!;

        Assert.Equal((Rung.Rule, 0.05), (answer.Rung, answer.Score));
    }

    [Fact]
    public async Task Time_that_ran_out_without_a_rule_is_told()
    {
        await using var fixture = new ServingFixture("[ previous-version ]");
        fixture.World.Time.TimePerRead = TimeSpan.FromMilliseconds(1);
        fixture.TimeoutMicros = 500;

        Assert.Null(fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1))));
        Assert.Equal("FLY5003", fixture.Answer.Problem?.Code);
    }

    [Fact]
    public async Task A_version_that_keeps_failing_is_left_alone_and_tried_again_later()
    {
        await using var fixture = new ServingFixture();
        var version = fixture.Unloaded(2);
        var attempts = new VersionAttempt(fixture.World.Online, new ServingStatistics(fixture.World.Time), fixture.World.Time);
        var breaker = attempts.StateOf(version).Model;
        for (var i = 0; i < Breaker.Throughput; i++)
        {
            Assert.False(breaker.IsOpen);
            Assert.False(breaker.Try(0, _ => false));
        }

        Assert.True(breaker.IsOpen);
        Assert.False(breaker.Try(0, _ => throw new InvalidOperationException("nobody may ask")));
        fixture.World.Time.Advance(Breaker.Pause + TimeSpan.FromSeconds(1));
        Assert.True(breaker.Try(0, _ => true));
        Assert.False(breaker.IsOpen);
    }

    [Theory]
    [InlineData("[ last-known-features ]", "FLY1322")]
    [InlineData("[ default-features ]", "FLY1323")]
    [InlineData("[ default-features ]\n  features: { defaults: { customer_activity.count_7d: 3 } }", "FLY1324")]
    [InlineData("[ default-features ]\n  features: { defaults: { customer_activity.count_7d: x, \"*\": null } }", "FLY1324")]
    [InlineData("[ default-features ]\n  features: { defaults: { customer_activity.count_9d: 1, \"*\": null } }", "FLY1324")]
    [InlineData("[ default-features ]\n  features: { defaults: { \"*\": 0 } }", "FLY1324")]
    [InlineData("[ guesses ]", "FLY1183")]
    [InlineData("[ previous-version ]\n  log: perhaps", "FLY1321")]
    [InlineData("[ previous-version ]\n  concurrency: 0", "FLY1325")]
    [InlineData("[ previous-version ]\n  queue: 2m", "FLY1325")]
    public void What_cannot_hold_is_refused(string fallback, string code)
    {
        var error = Assert.ThrowsAny<Exception>(() => new ServingFixture(fallback));

        Assert.Contains(code, error.Message, StringComparison.Ordinal);
    }

    private static Engine.Time.EventTime Earlier { get; } = new(ServingFixture.Noon.Micros - 3_600_000_000);

    private static object GateOf(ServingFixture fixture) =>
        fixture.World.Online.GateOf(fixture.World.Plan.Features.EntityView("customer_activity")!, Value.FromInteger(1))!;

    /// <summary>On another thread: the one that holds the gate may pass it.</summary>
    private static T Elsewhere<T>(Func<T> call)
    {
        T result = default!;
        var thread = new Thread(() => result = call());
        thread.Start();
        thread.Join();
        return result;
    }
}

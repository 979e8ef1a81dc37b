using Flyball.Engine.Sequential;
using Flyball.Serving;
using Arm = Flyball.Serving.Arm;

namespace Flyball.Tests.Serving;

public sealed class PredictorTests : IAsyncLifetime
{
    private readonly ServingFixture fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public void The_champion_answers_when_nothing_is_on_trial()
    {
        var champion = fixture.Version(2);

        var record = fixture.Predict(new TrafficPlan(ServingFixture.Model, champion, fixture.Version(1)))!;

        Expect(record, version: 2, chosen: 2, Arm.None, Rung.Full);
        Assert.Equal(champion.Digest, record.Digest);
        Assert.Null(record.RolloutId);
        Assert.Equal(("1", "allow"), (record.Unit, record.Decision));
    }

    [Fact]
    public void A_canary_answers_its_share_and_names_its_rollout()
    {
        var record = fixture.Predict(Trial(fixture.Version(3), fixture.Version(2), fixture.Version(1)))!;

        Expect(record, version: 3, chosen: 3, Arm.Canary, Rung.Full);
        Assert.Equal("rollout-1", record.RolloutId);
    }

    [Fact]
    public void When_the_canary_gives_no_number_the_champion_answers() =>
        Expect(fixture.Predict(Trial(fixture.Broken(3), fixture.Version(2), fixture.Version(1)))!, version: 2, chosen: 3, Arm.Canary, Rung.Champion);

    [Fact]
    public void When_the_canary_throws_the_champion_answers() =>
        Expect(fixture.Predict(Trial(fixture.Unloaded(3), fixture.Version(2), fixture.Version(1)))!, version: 2, chosen: 3, Arm.Canary, Rung.Champion);

    [Fact]
    public void When_the_champion_fails_the_version_before_it_answers() =>
        Expect(fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Broken(2), fixture.Version(1)))!, version: 1, chosen: 2, Arm.None, Rung.PreviousVersion);

    [Fact]
    public void When_canary_and_champion_fail_the_version_before_them_answers() =>
        Expect(fixture.Predict(Trial(fixture.Unloaded(3), fixture.Broken(2), fixture.Version(1)))!, version: 1, chosen: 3, Arm.Canary, Rung.PreviousVersion);

    [Theory]
    [InlineData(100, 0.05)]
    [InlineData(201, 0.6)]
    public void When_every_version_fails_the_rule_answers(int amount, double score)
    {
        var record = fixture.Predict(Trial(fixture.Broken(3), fixture.Unloaded(2), fixture.Broken(1)), amount)!;

        Assert.Equal((2, 3, Arm.Canary, Rung.Rule), (record.Version, record.ChosenVersion, record.Arm, record.Rung));
        Assert.Equal(score, record.Score);
        Assert.Empty(record.Features);
    }

    [Fact]
    public async Task Without_a_rule_nothing_answers_and_nothing_is_logged()
    {
        await using var bare = new ServingFixture("[ previous-version ]");

        Assert.Null(bare.Predict(new TrafficPlan(ServingFixture.Model, bare.Broken(2), bare.Broken(1))));
        await bare.World.Workspace.Predictions.FlushAsync();
        Assert.Equal(0, bare.World.Workspace.Predictions.Durable.Seq);
    }

    [Fact]
    public async Task A_version_before_that_is_not_declared_as_a_fallback_does_not_answer()
    {
        await using var strict = new ServingFixture("[ { rule: \"0.5\" } ]");

        Assert.Equal(Rung.Rule, strict.Predict(new TrafficPlan(ServingFixture.Model, strict.Broken(2), strict.Version(1)))!.Rung);
    }

    [Fact]
    public void A_failing_champion_does_not_hurt_a_good_canary() =>
        Expect(fixture.Predict(Trial(fixture.Version(3), fixture.Broken(2), null))!, version: 3, chosen: 3, Arm.Canary, Rung.Full);

    [Fact]
    public void Units_are_split_as_assignment_says_and_stay_where_they_are()
    {
        var (champion, trial) = (fixture.Version(2), fixture.Version(3));
        var plan = new TrafficPlan(ServingFixture.Model, champion, null, new CanaryTraffic("rollout-7", trial, 0.3m));
        var canaries = 0;
        for (var customer = 0; customer < 300; customer++)
        {
            var expected = StickyAssignment.IsIn("rollout-7", customer.ToString(System.Globalization.CultureInfo.InvariantCulture), 0.3m);
            var record = fixture.Predict(plan, customer: customer)!;
            Assert.Equal(expected ? (3, Arm.Canary) : (2, Arm.Control), (record.ChosenVersion, record.Arm));
            Assert.Equal("rollout-7", record.RolloutId);
            canaries += expected ? 1 : 0;
        }

        Assert.InRange(canaries, 60, 120);
    }

    [Fact]
    public async Task The_log_holds_what_was_answered()
    {
        var record = fixture.Predict(Trial(fixture.Broken(3), fixture.Version(2), null))!;
        await fixture.World.Workspace.Predictions.FlushAsync();

        var logged = PredictionCodec.Decode(fixture.World.Workspace.Predictions.Read(default, fixture.World.Workspace.Predictions.Durable).Single().Payload.Span);

        Assert.Equal(PredictionCodec.Encode(record), PredictionCodec.Encode(logged));
        Assert.Equal(0, fixture.Log.Dropped);
    }

    private static TrafficPlan Trial(ServedVersion canary, ServedVersion champion, ServedVersion? previous) =>
        new(ServingFixture.Model, champion, previous, new CanaryTraffic("rollout-1", canary, 1));

    private static void Expect(PredictionRecord record, int version, int chosen, Arm arm, Rung rung)
    {
        Assert.Equal((version, chosen, arm, rung), (record.Version, record.ChosenVersion, record.Arm, record.Rung));
        Assert.Equal(ServingFixture.Score(version), record.Score, 6);
        Assert.Equal(5, record.Features.Length);
    }
}

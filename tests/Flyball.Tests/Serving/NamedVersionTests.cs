using Flyball.Serving;

namespace Flyball.Tests.Serving;

/// <summary>Requests that ask for a version by its number.</summary>
public sealed class NamedVersionTests : IAsyncDisposable
{
    private readonly ServingFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public void It_answers_and_counts_for_no_arm_of_the_rollout()
    {
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1), new CanaryTraffic("r", fixture.Version(3), 1));

        foreach (var number in (int[])[1, 2, 3])
        {
            var record = fixture.Predict(plan.ByName(number)!)!;

            Assert.Equal((number, Arm.None, null, true), (record.Version, record.Arm, record.RolloutId, record.IsByName));
            Assert.Equal(0, record.Share);
            Assert.True(PredictionCodec.Decode(PredictionCodec.Encode(record)).IsByName);
            Assert.Equal(record.Route, PredictionCodec.Decode(PredictionCodec.Encode(record)).Route);
        }

        Assert.False(fixture.Predict(plan)!.IsByName);
        Assert.Null(plan.ByName(4));
        Assert.Equal([2, 1, 3], plan.Numbers);
    }

    [Fact]
    public void Nothing_stands_in_for_it()
    {
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), fixture.Version(1), new CanaryTraffic("r", fixture.Broken(3), 1));

        Assert.Null(fixture.Predict(plan.ByName(3)!));
        Assert.Equal("FLY5001", fixture.Answer.Problem!.Code);
        Assert.Equal(Rung.Champion, fixture.Predict(plan)!.Rung);
    }
}

using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Serving;
using Flyball.Training;
using Flyball.Training.Encodings;

namespace Flyball.Tests.Serving;

/// <summary>The way of a request is gone once before the first one comes.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public async Task Warming_up_asks_no_model_and_leaves_nothing_behind()
    {
        await using var fixture = new ServingFixture();
        var version = fixture.Version(2);
        using var silent = new Silent(version.Scorer);
        fixture.Traffic.Swap(new TrafficPlan(ServingFixture.Model, version with { Scorer = silent }, fixture.Version(1)));

        fixture.Predictor.WarmUp();

        await fixture.World.Workspace.Predictions.FlushAsync();
        Assert.Equal((0, 0L), (silent.Asked, fixture.World.Workspace.Predictions.Durable.Seq));
        Assert.Equal(Rung.Full, fixture.Predict(new TrafficPlan(ServingFixture.Model, version))!.Rung);
    }

    [Fact]
    public async Task A_version_that_is_not_loaded_is_left_cold()
    {
        await using var fixture = new ServingFixture();
        fixture.Traffic.Swap(new TrafficPlan(ServingFixture.Model, VersionLoader.StandIn(fixture.World.Model, fixture.Version(2).Digest, 2, new Problem("FLY2010", "It is damaged."))));

        fixture.Predictor.WarmUp();
    }

    private sealed class Silent(IScorer inner) : IScorer
    {
        public int Asked { get; private set; }

        public string Kind => inner.Kind;

        public ModelManifest Manifest => inner.Manifest;

        public FeatureEncoder Encoder => inner.Encoder;

        public Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null)
        {
            Asked++;
            throw new InvalidOperationException("Nobody may ask.");
        }

        public void Dispose()
        {
        }
    }
}

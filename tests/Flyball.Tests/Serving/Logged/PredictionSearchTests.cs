using Flyball.Serving;
using Flyball.Serving.Logged;

namespace Flyball.Tests.Serving.Logged;

/// <summary>The log is read forwards, and turned round a few records at a time.</summary>
public sealed class PredictionSearchTests
{
    [Fact]
    public async Task The_newest_come_in_order_over_the_pieces_that_are_turned_round()
    {
        const int Count = 700;
        await using var fixture = new ServingFixture();
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2));
        for (var i = 0; i < Count; i++)
        {
            fixture.Predict(plan);
        }

        var search = new PredictionSearch(fixture.World.Workspace);
        var all = await search.ListAsync(new PredictionQuery(ServingFixture.Model, Count + 1), TestContext.Current.CancellationToken);
        var newest = await search.ListAsync(new PredictionQuery(ServingFixture.Model, 1), TestContext.Current.CancellationToken);

        Assert.Equal(Count, Assert.Single(newest.Predictions).Seq);
        Assert.Equal(Enumerable.Range(1, Count).Reverse().Select(s => (long)s), all.Predictions.Select(p => p.Seq));
        var page = await search.ListAsync(new PredictionQuery(ServingFixture.Model, 300) { After = 600 }, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(300, 300).Reverse().Select(s => (long)s), page.Predictions.Select(p => p.Seq));
    }
}

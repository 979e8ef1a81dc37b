using Flyball.Serving;
using Flyball.Serving.Logged;

namespace Flyball.Tests.Serving.Logged;

/// <summary>Questions to a log of any size hold a few records at a time.</summary>
public sealed class PredictionSearchTests
{
    [Fact]
    public async Task The_newest_come_in_order_and_finding_one_reads_no_thousands()
    {
        const int Count = 2_000;
        await using var fixture = new ServingFixture();
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2));
        for (var i = 0; i < Count; i++)
        {
            fixture.Predict(plan);
        }

        var search = new PredictionSearch(fixture.World.Workspace);
        search.CatchUp(TestContext.Current.CancellationToken);
        var start = GC.GetAllocatedBytesForCurrentThread();
        var all = await search.ListAsync(new PredictionQuery(ServingFixture.Model, Count + 1), TestContext.Current.CancellationToken);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var newest = await search.ListAsync(new PredictionQuery(ServingFixture.Model, 1), TestContext.Current.CancellationToken);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (before - start) / 4);
        Assert.Equal(Count, Assert.Single(newest.Predictions).Seq);
        Assert.Equal(Enumerable.Range(1, Count).Reverse().Select(s => (long)s), all.Predictions.Select(p => p.Seq));
        var page = await search.ListAsync(new PredictionQuery(ServingFixture.Model, 300) { After = 1_500 }, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1_200, 300).Reverse().Select(s => (long)s), page.Predictions.Select(p => p.Seq));
    }
}

using Flyball.Serving;

namespace Flyball.Tests.Serving;

/// <summary>Whom a version answered lately.</summary>
public sealed class ServedUsesTests
{
    private const long Week = 7L * 86_400_000_000;

    [Fact]
    public async Task It_names_the_callers_of_the_time_asked_for_and_forgets_older_ones()
    {
        await using var fixture = new ServingFixture();
        var (second, third) = (fixture.Version(2), fixture.Version(3));
        fixture.Predict(new TrafficPlan(ServingFixture.Model, second));
        fixture.Predict(new TrafficPlan(ServingFixture.Model, second));
        await fixture.World.Workspace.Predictions.FlushAsync();
        var uses = new ServedUses(new ServedCounts(fixture.World.Workspace), fixture.World.Time);

        var use = Assert.Single(uses.Lately(ServingFixture.Model, second.Digest, Week));
        Assert.Contains("tester", use, StringComparison.Ordinal);
        Assert.Contains("2 predictions", use, StringComparison.Ordinal);
        Assert.Empty(uses.Lately(ServingFixture.Model, third.Digest, Week));
        Assert.Empty(uses.Lately("other", second.Digest, Week));

        fixture.World.Time.Advance(TimeSpan.FromDays(8));
        Assert.Empty(uses.Lately(ServingFixture.Model, second.Digest, Week));
        Assert.Single(uses.Lately(ServingFixture.Model, second.Digest, 2 * Week));
    }
}

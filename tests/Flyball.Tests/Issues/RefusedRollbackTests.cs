using Flyball.Rollout;
using Flyball.Tests.Rollout;

namespace Flyball.Tests.Issues;

/// <summary>A rollback that was refused had ended the rollout already and left its canary in the traffic, where nobody watched it.</summary>
public sealed class RefusedRollbackTests
{
    [Fact]
    public async Task A_rollback_to_a_version_refused_since_leaves_the_rollout_under_way_as_it_is()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        await fixture.Base.ApprovedAsync(3);
        await fixture.Registry.PromoteAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, 1, null, default);
        await fixture.Deployments.RestoreAsync(default);
        await fixture.Registry.RefuseAsync(RolloutFixture.Model, 1, RolloutFixture.Operator, "leaks", default);
        var run = await fixture.StartAsync(3);

        var outcome = await fixture.Deployments.RollbackAsync(RolloutFixture.Model, "worse", RolloutFixture.Operator, default);

        Assert.Equal(["FLY3209"], outcome.Problems.Select(p => p.Code));
        Assert.Equal(RolloutStates.Running, fixture.Rollouts.Find(run.Id)!.State);
        Assert.Equal(run.Id, fixture.Plan.Canary?.RolloutId);
        Assert.Equal(2, fixture.Plan.Champion.Version);
    }
}

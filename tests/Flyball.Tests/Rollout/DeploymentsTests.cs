using Flyball.Rollout;
using Flyball.Serving;

namespace Flyball.Tests.Rollout;

public class DeploymentsTests
{
    [Fact]
    public async Task The_first_champion_is_deployed_and_a_second_needs_a_rollout()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        Assert.Equal(1, fixture.Plan.Champion.Version);
        Assert.True((await fixture.Deployments.DeployAsync(RolloutFixture.Model, 1, RolloutFixture.Operator, default)).Ok);
        var second = await fixture.Deployments.DeployAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, default);
        Assert.Equal(["FLY3230"], second.Problems.Select(p => p.Code));
        Assert.Equal(1, fixture.Plan.Champion.Version);
    }

    [Fact]
    public async Task A_version_that_is_not_approved_is_not_deployed()
    {
        await using var fixture = await RolloutFixture.CreateAsync(deploy: false);
        await fixture.Registry.RefuseAsync(RolloutFixture.Model, 1, RolloutFixture.Operator, "not yet", default);
        var outcome = await fixture.Deployments.DeployAsync(RolloutFixture.Model, 1, RolloutFixture.Operator, default);
        Assert.Equal(["FLY3209"], outcome.Problems.Select(p => p.Code));
        Assert.Null(fixture.Traffic.For(RolloutFixture.Model));
    }

    [Fact]
    public async Task Going_back_points_traffic_and_registry_to_the_version_before_and_ends_a_rollout()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        Assert.Equal(["FLY3207"], (await fixture.Deployments.RollbackAsync(RolloutFixture.Model, "too early", RolloutFixture.Operator, default)).Problems.Select(p => p.Code));
        await fixture.Base.ApprovedAsync(3);
        await fixture.Registry.PromoteAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, 1, null, default);
        await fixture.Deployments.RestoreAsync(default);
        var run = await fixture.StartAsync(3);
        Assert.Equal(["FLY3203"], (await fixture.Deployments.RollbackAsync(RolloutFixture.Model, null, RolloutFixture.Operator, default)).Problems.Select(p => p.Code));
        var warm = fixture.Plan.Previous!;

        Assert.True((await fixture.Deployments.RollbackAsync(RolloutFixture.Model, "worse", RolloutFixture.Operator, default)).Ok);
        Assert.Same(warm, fixture.Plan.Champion);
        Assert.Equal((1, 2, null), (fixture.Plan.Champion.Version, fixture.Plan.Previous!.Version, fixture.Plan.Canary));
        Assert.Equal(1, fixture.Registry.Champion(RolloutFixture.Model)!.Version);
        Assert.Equal(RolloutStates.Aborted, fixture.Rollouts.Find(run.Id)!.State);
        Assert.Equal(["deny", "deny", "allow"], fixture.Base.Decisions("traffic.rollback"));
    }

    [Fact]
    public async Task A_restart_serves_what_was_decided_last()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        await fixture.Registry.PromoteAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, 1, null, default);
        await fixture.ReopenAsync();
        Assert.Null(fixture.Traffic.For(RolloutFixture.Model));
        Assert.Empty(await fixture.Deployments.RestoreAsync(default));
        Assert.Equal((2, 1), (fixture.Plan.Champion.Version, fixture.Plan.Previous!.Version));
    }

    [Fact]
    public void A_version_stays_loaded_for_the_grace_period_after_the_last_plan_that_named_it()
    {
        var time = new Time.ManualTimeProvider();
        var released = new List<ServedVersion>();
        var versions = new LoadedVersions(v => new ServedVersion(v.Model, v.Version, v.Digest, null!, null!, null!), released.Add, time);
        var version = new Flyball.Registry.ModelVersion("m", 1, default, default, "", "", "", "low", "approved", "", []);
        var served = versions.Get(version);
        versions.Release([new TrafficPlan("m", served)]);
        time.Advance(LoadedVersions.Grace * 5);
        versions.Release([new TrafficPlan("m", served)]);
        Assert.Equal(1, versions.Count);
        time.Advance(LoadedVersions.Grace / 2);
        versions.Release([]);
        Assert.Empty(released);
        Assert.Same(served, versions.Get(version));
        time.Advance(LoadedVersions.Grace);
        versions.Release([]);
        Assert.Same(served, Assert.Single(released));
        Assert.Equal(0, versions.Count);
    }
}

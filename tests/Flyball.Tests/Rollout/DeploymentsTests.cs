using Flyball.Engine.Problems;
using Flyball.Registry;
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
    public async Task A_promotion_goes_straight_into_production_and_the_champion_alias_is_the_same()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        Assert.True((await fixture.Deployments.PromoteAsync(RolloutFixture.Model, 2, new AliasExpectation(1), "better", RolloutFixture.Operator, default)).Ok);
        Assert.Equal((2, 1), (fixture.Plan.Champion.Version, fixture.Plan.Previous!.Version));
        Assert.True((await fixture.Deployments.SetAliasAsync(RolloutFixture.Model, "champion", 1, null, "worse", RolloutFixture.Operator, default)).Ok);
        Assert.Equal((1, 1), (fixture.Plan.Champion.Version, fixture.Registry.Champion(RolloutFixture.Model)!.Version));
        Assert.Equal(["FLY3206"], (await fixture.Deployments.PromoteAsync(RolloutFixture.Model, 2, new AliasExpectation(2), null, RolloutFixture.Operator, default)).Problems.Select(p => p.Code));
        Assert.Equal(1, fixture.Plan.Champion.Version);
    }

    [Fact]
    public async Task The_champion_alias_obeys_gates_approvals_and_rollouts_like_a_promotion()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        await fixture.Registry.RefuseAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, "leaks", default);
        await fixture.Base.OutsideAsync(RolloutFixture.Model);
        Assert.Equal(["FLY3209"], await SetAsync(2));
        Assert.Equal(["FLY3343"], await SetAsync(3));
        Assert.Equal(["FLY3344"], (await fixture.Deployments.SetAliasAsync(RolloutFixture.Model, "previous", 1, null, null, RolloutFixture.Operator, default)).Problems.Select(p => p.Code));
        await fixture.Base.ApprovedAsync(4);
        await fixture.Base.ApprovedAsync(5);
        await fixture.StartAsync(4);
        Assert.Equal(["FLY3231"], await SetAsync(5));
        Assert.Equal((1, 1), (fixture.Plan.Champion.Version, fixture.Registry.Champion(RolloutFixture.Model)!.Version));

        async Task<IEnumerable<string>> SetAsync(int version) =>
            (await fixture.Deployments.SetAliasAsync(RolloutFixture.Model, "champion", version, null, null, RolloutFixture.Operator, default)).Problems.Select(p => p.Code);
    }

    [Fact]
    public async Task Going_back_to_a_named_champion_moves_traffic_there_and_a_version_that_never_was_one_is_refused()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        await fixture.Base.ApprovedAsync(3);
        await fixture.Base.ApprovedAsync(4);
        await fixture.Deployments.PromoteAsync(RolloutFixture.Model, 2, null, null, RolloutFixture.Operator, default);
        await fixture.Deployments.PromoteAsync(RolloutFixture.Model, 3, null, null, RolloutFixture.Operator, default);
        Assert.Equal(["FLY3207"], (await fixture.Deployments.RollbackAsync(RolloutFixture.Model, "worse", RolloutFixture.Operator, default, 4)).Problems.Select(p => p.Code));
        Assert.Equal(["FLY3233"], (await fixture.Deployments.RollbackAsync(RolloutFixture.Model, "worse", RolloutFixture.Operator, default, 3)).Problems.Select(p => p.Code));
        Assert.True((await fixture.Deployments.RollbackAsync(RolloutFixture.Model, "worse", RolloutFixture.Operator, default, 1)).Ok);
        Assert.Equal((1, 3), (fixture.Plan.Champion.Version, fixture.Plan.Previous!.Version));
        Assert.Equal(1, fixture.Registry.Champion(RolloutFixture.Model)!.Version);
    }

    [Fact]
    public async Task A_version_on_trial_or_in_service_is_not_retired_until_it_is_let_go_of()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        var run = await fixture.StartAsync();
        var refused = await fixture.Registry.Life.RetireAsync(RolloutFixture.Model, 2, null, RolloutFixture.Operator, "old", default);
        Assert.Equal(["FLY3345", "FLY3345"], refused.Problems.Select(p => p.Code));
        Assert.Contains(refused.Problems, p => p.Message.Contains(run.Id, StringComparison.Ordinal));
        await fixture.Rollouts.AbortAsync(run.Id, "enough", RolloutFixture.Operator, default);
        Assert.True((await fixture.Registry.Life.RetireAsync(RolloutFixture.Model, 2, null, RolloutFixture.Operator, "old", default)).Ok);
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
    public async Task A_version_stays_loaded_for_the_grace_period_after_the_last_plan_that_named_it()
    {
        var time = new Time.ManualTimeProvider();
        var released = new List<ServedVersion>();
        var versions = new LoadedVersions((v, _) => Task.FromResult(new ServedVersion(v.Model, v.Version, v.Digest, null!, null!, null!)), released.Add, time);
        var version = new Flyball.Registry.ModelVersion("m", 1, default, default, "", "", "", "low", "approved", "", []);
        var served = await versions.GetAsync(version, default);
        versions.Release([new TrafficPlan("m", served)]);
        time.Advance(LoadedVersions.Grace * 5);
        versions.Release([new TrafficPlan("m", served)]);
        Assert.Equal(1, versions.Count);
        time.Advance(LoadedVersions.Grace / 2);
        versions.Release([]);
        Assert.Empty(released);
        Assert.Same(served, await versions.GetAsync(version, default));
        time.Advance(LoadedVersions.Grace);
        versions.Release([]);
        Assert.Same(served, Assert.Single(released));
        Assert.Equal(0, versions.Count);
    }

    [Fact]
    public async Task Versions_are_loaded_ahead_once_each_and_a_damaged_one_says_why_when_it_is_asked_for()
    {
        var loads = new System.Collections.Concurrent.ConcurrentQueue<int>();
        var versions = new LoadedVersions(
            (v, _) =>
            {
                loads.Enqueue(v.Version);
                return v.Version == 2
                    ? throw new FlyballException(new Problem("FLY1180", "damaged"))
                    : Task.FromResult(new ServedVersion(v.Model, v.Version, v.Digest, null!, null!, null!));
            },
            _ => { },
            new Time.ManualTimeProvider());
        Flyball.Registry.ModelVersion[] all = [.. Enumerable.Range(1, 3).Select(n => new Flyball.Registry.ModelVersion("m", n, default, default, "", "", "", "low", "approved", "", []))];

        await versions.PreloadAsync([.. all, all[0]], default);
        await versions.PreloadAsync([all[2]], default);

        Assert.Equal(2, versions.Count);
        Assert.Equal(3, (await versions.GetAsync(all[2], default)).Version);
        Assert.Equal([1, 2, 3], loads.Order());
        Assert.Equal("FLY1180", (await Assert.ThrowsAsync<FlyballException>(() => versions.GetAsync(all[1], default))).Problem.Code);
    }
}

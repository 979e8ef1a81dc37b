using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Serving;

namespace Flyball.Tests.Rollout;

/// <summary>A champion that cannot be loaded is no model that does not exist.</summary>
public sealed class DamagedChampionTests
{
    private static readonly Problem Damage = new("FLY2010", "Its bytes are not what was stored.");

    [Fact]
    public async Task Its_place_is_kept_and_the_version_before_stands_behind_it()
    {
        await using var fixture = await ChampionAsync();
        var traffic = new TrafficPlans();
        var deployments = Open(fixture, traffic, damaged: 2, known: true);

        var problem = Assert.Single(await deployments.RestoreAsync(default));

        Assert.Contains("Version 2", problem.Message, StringComparison.Ordinal);
        var plan = traffic.For(RolloutFixture.Model)!;
        Assert.Equal((2, 1), (plan.Champion.Version, plan.Previous!.Version));
        Assert.Equal(problem, plan.Champion.Missing);
        Assert.Equal(problem, traffic.Degraded[RolloutFixture.Model]);
        Assert.Equal(("FLY5001", true), (plan.Unanswered.Code, plan.Unanswered.Message.Contains(Damage.Message, StringComparison.Ordinal)));
        Assert.Throws<FlyballException>(() => plan.Champion.Scorer);
    }

    [Fact]
    public async Task It_is_rolled_back_from_like_any_other_and_is_no_way_back_itself()
    {
        await using var fixture = await ChampionAsync();
        var traffic = new TrafficPlans();
        var deployments = Open(fixture, traffic, damaged: 2, known: true);
        await deployments.RestoreAsync(default);

        Assert.True((await deployments.RollbackAsync(RolloutFixture.Model, "damaged", RolloutFixture.Operator, default)).Ok);

        var plan = traffic.For(RolloutFixture.Model)!;
        Assert.Equal((1, null, null), (plan.Champion.Version, plan.Champion.Missing, plan.Previous));
        Assert.Empty(traffic.Degraded);
        Assert.Equal("FLY3230", Assert.Single((await deployments.DeployAsync(RolloutFixture.Model, 2, RolloutFixture.Operator, default)).Problems).Code);
    }

    [Fact]
    public async Task A_model_that_the_project_no_longer_has_says_why_it_does_not_answer_until_another_version_is_promoted()
    {
        await using var fixture = await ChampionAsync();
        var traffic = new TrafficPlans();
        var deployments = Open(fixture, traffic, damaged: 2, known: false);
        await deployments.RestoreAsync(default);

        Assert.Null(traffic.For(RolloutFixture.Model));
        var refusal = traffic.RefusalOf(RolloutFixture.Model);
        Assert.Equal(("FLY5001", true), (refusal.Code, refusal.Message.Contains(Damage.Message, StringComparison.Ordinal)));
        Assert.Equal([RolloutFixture.Model], traffic.Degraded.Keys);
        Assert.Equal("FLY4004", traffic.RefusalOf("nobody").Code);

        Assert.True((await deployments.PromoteAsync(RolloutFixture.Model, 1, null, "damaged", RolloutFixture.Operator, default)).Ok);
        Assert.Equal(1, traffic.For(RolloutFixture.Model)!.Champion.Version);
        Assert.Empty(traffic.Degraded);
    }

    /// <summary>Version 2 is champion, version 1 the way back.</summary>
    private static async Task<RolloutFixture> ChampionAsync()
    {
        var fixture = await RolloutFixture.CreateAsync();
        Assert.True((await fixture.Deployments.PromoteAsync(RolloutFixture.Model, 2, null, null, RolloutFixture.Operator, default)).Ok);
        return fixture;
    }

    private static Deployments Open(RolloutFixture fixture, TrafficPlans traffic, int damaged, bool known)
    {
        var versions = new LoadedVersions((v, _) => v.Version == damaged ? throw new FlyballException(Damage) : Task.FromResult(Served(v)), _ => { }, fixture.Base.Time)
        {
            StandIn = (v, missing) => known ? Served(v) with { Missing = missing } : null,
        };
        return new Deployments(fixture.Base.Catalog, fixture.Registry, traffic, fixture.Base.Trail, versions, fixture.Base.Time);
    }

    private static ServedVersion Served(ModelVersion version) => new(version.Model, version.Version, version.Digest, null!, null!, null!);
}

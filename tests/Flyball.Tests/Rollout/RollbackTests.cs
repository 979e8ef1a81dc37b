using Flyball.Registry;
using Flyball.Tests.Registry;

namespace Flyball.Tests.Rollout;

/// <summary>A rollback that is asked for twice goes back once.</summary>
public class RollbackTests
{
    [Fact]
    public async Task A_second_rollback_does_not_bring_back_what_the_first_left()
    {
        await using var fixture = await TwoAsync();
        Assert.True((await BackAsync(fixture)).Ok);
        Assert.Equal(["FLY3358"], (await BackAsync(fixture)).Problems.Select(p => p.Code));
        Assert.Equal((1, 1), (fixture.Plan.Champion.Version, fixture.Registry.Champion(RolloutFixture.Model)!.Version));

        // Named, it is meant.
        Assert.True((await BackAsync(fixture, new WayBack(To: 2))).Ok);
        Assert.Equal(2, fixture.Plan.Champion.Version);
    }

    [Fact]
    public async Task Of_many_rollbacks_at_once_one_moves_the_champion()
    {
        await using var fixture = await TwoAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => BackAsync(fixture)));
        Assert.Single(outcomes, o => o.Ok);
        Assert.Equal((1, 1), (fixture.Plan.Champion.Version, fixture.Registry.Champion(RolloutFixture.Model)!.Version));
    }

    [Fact]
    public async Task A_rollback_that_expects_another_champion_is_refused_and_one_that_expects_this_one_is_meant()
    {
        await using var fixture = await TwoAsync();
        Assert.Equal(["FLY3206"], (await BackAsync(fixture, new WayBack(Expected: new AliasExpectation(1)))).Problems.Select(p => p.Code));
        Assert.True((await BackAsync(fixture, new WayBack(Expected: new AliasExpectation(2)))).Ok);
        Assert.Equal(["FLY3206"], (await BackAsync(fixture, new WayBack(Expected: new AliasExpectation(2)))).Problems.Select(p => p.Code));
        Assert.True((await BackAsync(fixture, new WayBack(Expected: new AliasExpectation(1)))).Ok);
    }

    [Fact]
    public async Task A_repeated_request_with_its_key_gets_the_first_answer_and_moves_nothing()
    {
        await using var fixture = await TwoAsync();
        var way = new WayBack(Key: "k1");
        Assert.Equal(1, (await BackAsync(fixture, way)).Version!.Version);
        Assert.Equal(1, (await BackAsync(fixture, way)).Version!.Version);
        Assert.Equal(1, fixture.Registry.Champion(RolloutFixture.Model)!.Version);
        Assert.Single(fixture.Base.Decisions("alias.rollback"));
        Assert.Equal(["FLY3341"], (await BackAsync(fixture, way with { To = 2 })).Problems.Select(p => p.Code));

        // A key of its own does not say that it is meant.
        Assert.Equal(["FLY3358"], (await BackAsync(fixture, new WayBack(Key: "k2"))).Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task After_a_while_going_back_again_is_a_decision_of_its_own()
    {
        await using var fixture = await TwoAsync();
        Assert.True((await BackAsync(fixture)).Ok);
        fixture.Base.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.True((await BackAsync(fixture)).Ok);
        Assert.Equal(2, fixture.Plan.Champion.Version);
    }

    [Fact]
    public async Task Files_that_hold_the_champions_name_count_as_none_and_lose_it_to_the_first_bundle()
    {
        await using var fixture = await RolloutFixture.CreateAsync(deploy: false);
        await fixture.Base.OutsideAsync(RolloutFixture.Model);
        await fixture.Base.Catalog.WriteAsync(
            (c, t) => Dapper.SqlMapper.Execute(c, "INSERT INTO aliases (model, alias, version) VALUES ('fraud', 'champion', 3), ('fraud', 'previous', 3)", transaction: t), default);
        Assert.Empty(await fixture.Deployments.RestoreAsync(default));

        // A candidate is judged as the first one.
        var plan = RegistryFixture.Plan(["average_precision >= 0.5", "roc_auc >= champion - 0.01"]);
        var first = await fixture.Registry.RegisterBundleAsync(plan, RegistryFixture.Bundle(4), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default);
        Assert.Equal(VersionStates.Registered, first.Version!.State);
        await fixture.Registry.ApproveAsync(RolloutFixture.Model, 4, RegistryFixture.Approver, "fine", false, default);

        Assert.True((await fixture.Deployments.PromoteAsync(RolloutFixture.Model, 4, null, null, RolloutFixture.Operator, default)).Ok);
        Assert.Equal(4, fixture.Registry.Champion(RolloutFixture.Model)!.Version);
        Assert.Null(fixture.Registry.Previous(RolloutFixture.Model));
        Assert.Equal([("champion", "3", "4"), ("previous", "3", null)], fixture.Registry.Ledger.Moves(RolloutFixture.Model).Select(e => (e.Name!, e.Old!, e.New)));
        Assert.Equal(["FLY3207"], (await BackAsync(fixture)).Problems.Select(p => p.Code));
    }

    private static async Task<RolloutFixture> TwoAsync()
    {
        var fixture = await RolloutFixture.CreateAsync();
        Assert.True((await fixture.Deployments.PromoteAsync(RolloutFixture.Model, 2, null, null, RolloutFixture.Operator, default)).Ok);
        return fixture;
    }

    private static Task<VersionOutcome> BackAsync(RolloutFixture fixture, WayBack? way = null) =>
        fixture.Deployments.RollbackAsync(RolloutFixture.Model, way ?? new WayBack(), "worse", RolloutFixture.Operator, default);
}

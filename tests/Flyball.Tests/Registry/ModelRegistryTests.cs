using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Training;

namespace Flyball.Tests.Registry;

public class ModelRegistryTests
{
    private const string Gate = "average_precision >= 0.5";

    [Fact]
    public async Task A_version_that_passes_is_registered_and_one_that_guesses_is_refused()
    {
        await using var fixture = new RegistryFixture();
        var good = await RegisterAsync(fixture, 1, 0.9);
        var bad = await RegisterAsync(fixture, 2, 0);
        Assert.Equal((1, VersionStates.Registered), (good.Version, good.State));
        Assert.Equal((2, VersionStates.Refused), (bad.Version, bad.State));
        Assert.Equal(Gate, Assert.Single(bad.Gates, g => !g.Ok).Gate);
        Assert.Equal(["allow", "allow"], fixture.Decisions("version.register"));
    }

    [Fact]
    public async Task Registering_a_run_twice_gives_the_first_version_back()
    {
        await using var fixture = new RegistryFixture();
        var bundle = RegistryFixture.Bundle(1);
        var run = Run(bundle.Digest.Hex, fixture.Blobs.Put(bundle.Pack()).Hex, fixture.Blobs.Put(RegistryFixture.Evaluation(0.9).ToBytes()).Hex);
        var first = await fixture.Registry.RegisterAsync(RegistryFixture.Plan([Gate]), run, RegistryFixture.Author, default);
        var again = await fixture.Registry.RegisterAsync(RegistryFixture.Plan([Gate]), run, RegistryFixture.Approver, default);
        Assert.Equal(first.Version!.Version, again.Version!.Version);
        Assert.Single(fixture.Registry.Versions(RegistryFixture.Model));
        Assert.Equal(bundle.Digest, fixture.Registry.ReadBundle(bundle.Digest).Digest);
    }

    [Fact]
    public async Task A_run_that_failed_or_whose_bundle_is_another_makes_no_version()
    {
        await using var fixture = new RegistryFixture();
        var bundle = RegistryFixture.Bundle(1);
        var run = Run(bundle.Digest.Hex, fixture.Blobs.Put(RegistryFixture.Bundle(2).Pack()).Hex, fixture.Blobs.Put(RegistryFixture.Evaluation(0.9).ToBytes()).Hex);
        await Assert.ThrowsAsync<FlyballException>(() => fixture.Registry.RegisterAsync(RegistryFixture.Plan([Gate]), run, RegistryFixture.Author, default));
        var failed = await fixture.Registry.RegisterAsync(RegistryFixture.Plan([Gate]), run with { State = "failed" }, RegistryFixture.Author, default);
        Assert.Equal("FLY3205", Assert.Single(failed.Problems).Code);
        Assert.Empty(fixture.Registry.Versions(RegistryFixture.Model));
    }

    [Fact]
    public async Task An_evaluation_against_another_champion_fails_the_gates_against_it()
    {
        await using var fixture = new RegistryFixture();
        var champion = await fixture.ApprovedAsync(1);
        await fixture.Registry.PromoteAsync(RegistryFixture.Model, champion.Version, RegistryFixture.Author, null, null, default);
        var plan = RegistryFixture.Plan([Gate, "roc_auc >= champion - 0.5"]);

        // Scored before there was a champion: must not pass as a first version.
        var stale = await fixture.Registry.RegisterBundleAsync(plan, RegistryFixture.Bundle(2), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default);
        Assert.Equal(VersionStates.Refused, stale.Version!.State);
        var fresh = await fixture.Registry.RegisterBundleAsync(
            plan, RegistryFixture.Bundle(3), RegistryFixture.Evaluation(0.9, 0.9, champion.Digest.Hex), RegistryFixture.Author, default);
        Assert.Equal(VersionStates.Registered, fresh.Version!.State);
    }

    [Theory]
    [InlineData("high", "ann", false)]
    [InlineData("high", "Ann", false)]
    [InlineData("high", "bob", true)]
    [InlineData("low", "ann", true)]
    public async Task The_author_of_a_high_risk_model_may_not_approve_it(string risk, string approver, bool allowed)
    {
        await using var fixture = new RegistryFixture();
        var version = await RegisterAsync(fixture, 1, 0.9, risk);
        var outcome = await fixture.Registry.ApproveAsync(RegistryFixture.Model, version.Version, Flyball.Access.Caller.Local(approver), "fine", true, default);
        Assert.Equal(allowed, outcome.Ok);
        Assert.Equal(allowed ? [] : ["FLY3201"], outcome.Problems.Select(p => p.Code));
        Assert.Equal([allowed ? "allow" : "deny"], fixture.Decisions("version.approve"));
        Assert.Equal(allowed ? VersionStates.Approved : VersionStates.Registered, fixture.Registry.Version(RegistryFixture.Model, 1)!.State);
    }

    [Theory]
    [InlineData(false, "please", "FLY3202")]
    [InlineData(true, " ", "FLY3203")]
    [InlineData(true, null, "FLY3203")]
    public async Task A_refused_version_is_approved_only_by_breaking_the_glass_with_a_reason(bool over, string? reason, string code)
    {
        await using var fixture = new RegistryFixture();
        var version = await RegisterAsync(fixture, 1, 0);
        var outcome = await fixture.Registry.ApproveAsync(RegistryFixture.Model, version.Version, RegistryFixture.Approver, reason, over, default);
        Assert.Equal([code], outcome.Problems.Select(p => p.Code));

        var broken = await fixture.Registry.ApproveAsync(RegistryFixture.Model, version.Version, RegistryFixture.Approver, "drill", true, default);
        Assert.Equal(VersionStates.Approved, broken.Version!.State);
        var approval = Assert.Single(fixture.Registry.Approvals(RegistryFixture.Model, version.Version));
        Assert.True(approval.BreakGlass);
        Assert.Equal(version.Digest.Hex, approval.Digest);
        Assert.True(fixture.AuditLines().Last()["details"]!["break_glass"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Every_failed_gate_is_named_when_an_approval_is_refused()
    {
        await using var fixture = new RegistryFixture();
        var plan = RegistryFixture.Plan([Gate, "roc_auc >= 0.9"]);
        await fixture.Registry.RegisterBundleAsync(plan, RegistryFixture.Bundle(1), RegistryFixture.Evaluation(0), RegistryFixture.Author, default);
        var outcome = await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "x", false, default);
        Assert.Equal([Gate, "roc_auc >= 0.9"], outcome.Problems.Select(p => p.Where!.Field));
    }

    [Fact]
    public async Task Only_an_approved_version_becomes_champion()
    {
        await using var fixture = new RegistryFixture();
        await RegisterAsync(fixture, 1, 0.9);
        var outcome = await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, null, null, default);
        Assert.Equal(["FLY3209"], outcome.Problems.Select(p => p.Code));
        Assert.Null(fixture.Registry.Champion(RegistryFixture.Model));
        Assert.Equal(["deny"], fixture.Decisions("alias.promote"));
    }

    [Fact]
    public async Task A_promotion_that_expects_another_champion_is_refused()
    {
        await using var fixture = new RegistryFixture();
        for (var number = 1; number <= 3; number++)
        {
            await fixture.ApprovedAsync(number);
        }

        Assert.True((await PromoteAsync(fixture, 1, null)).Ok);
        Assert.True((await PromoteAsync(fixture, 2, 1)).Ok);
        Assert.Equal(["FLY3206"], (await PromoteAsync(fixture, 3, 1)).Problems.Select(p => p.Code));
        Assert.Equal(["FLY3206"], (await PromoteAsync(fixture, 3, null)).Problems.Select(p => p.Code));
        Assert.Equal(2, fixture.Registry.Champion(RegistryFixture.Model)!.Version);
        Assert.Equal(["allow", "allow", "deny", "deny"], fixture.Decisions("alias.promote"));
    }

    [Fact]
    public async Task Of_many_promotions_at_once_exactly_one_wins()
    {
        await using var fixture = new RegistryFixture();
        for (var number = 1; number <= 6; number++)
        {
            await fixture.ApprovedAsync(number);
        }

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 6).Select(v => PromoteAsync(fixture, v, null)));
        Assert.Single(outcomes, o => o.Ok);
    }

    [Fact]
    public async Task Going_back_swaps_champion_and_previous_and_the_history_keeps_all_of_it()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        await fixture.ApprovedAsync(2);
        await PromoteAsync(fixture, 1, null);
        Assert.Equal(["FLY3207"], (await fixture.Registry.SwapBackAsync(RegistryFixture.Model, RegistryFixture.Approver, "none yet", default)).Problems.Select(p => p.Code));
        await PromoteAsync(fixture, 2, 1);
        Assert.True((await fixture.Registry.SwapBackAsync(RegistryFixture.Model, RegistryFixture.Approver, "worse", default)).Ok);
        Assert.Equal(1, fixture.Registry.Champion(RegistryFixture.Model)!.Version);
        Assert.Equal(2, fixture.Registry.Previous(RegistryFixture.Model)!.Version);
        Assert.Equal(
            [("champion", null, 1), ("champion", 1, 2), ("previous", null, 1), ("champion", 2, 1), ("previous", 1, 2)],
            fixture.Registry.History(RegistryFixture.Model).Select(h => (h.Alias, h.FromVersion, h.ToVersion)));
    }

    [Fact]
    public async Task The_champion_cannot_be_refused_and_a_refused_version_is_no_place_to_go_back_to()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        await fixture.ApprovedAsync(2);
        await PromoteAsync(fixture, 1, null);
        await PromoteAsync(fixture, 2, 1);
        Assert.Equal(["FLY3208"], (await fixture.Registry.RefuseAsync(RegistryFixture.Model, 2, RegistryFixture.Approver, "bad", default)).Problems.Select(p => p.Code));
        Assert.True((await fixture.Registry.RefuseAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "leaks", default)).Ok);
        Assert.Equal(["FLY3209"], (await fixture.Registry.SwapBackAsync(RegistryFixture.Model, RegistryFixture.Approver, "back", default)).Problems.Select(p => p.Code));
    }

    private static async Task<ModelVersion> RegisterAsync(RegistryFixture fixture, int number, double skill, string risk = "low") =>
        (await fixture.Registry.RegisterBundleAsync(
            RegistryFixture.Plan([Gate], risk), RegistryFixture.Bundle(number), RegistryFixture.Evaluation(skill), RegistryFixture.Author, default)).Version!;

    private static Task<VersionOutcome> PromoteAsync(RegistryFixture fixture, int version, int? expected) =>
        fixture.Registry.PromoteAsync(RegistryFixture.Model, version, RegistryFixture.Approver, expected, null, default);

    private static TrainingRun Run(string bundle, string blob, string evaluation) => new()
    {
        RunId = "run 1",
        Model = RegistryFixture.Model,
        State = RunStates.Succeeded,
        Author = "ann",
        StartedAt = "2026-03-01T00:00:00Z",
        Bundle = bundle,
        BundleBlob = blob,
        EvaluationBlob = evaluation,
        Result = JsonSerializer.Serialize<object?>(null),
    };
}

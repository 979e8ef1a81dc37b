using System.Text.Json;
using Flyball.Access;
using Flyball.Registry;
using Flyball.Registry.Ledger;
using Flyball.Tests.Rollout;
using Flyball.Training;
using Flyball.Training.Jobs;

namespace Flyball.Tests.Registry;

/// <summary>What a gate found against a champion holds against that one; a version is judged again beside another.</summary>
public class RejudgeTests
{
    private const string Absolute = "average_precision >= 0.5";
    private const string Relative = "roc_auc >= champion - 0.01";
    private static readonly ModelPlan Plan = RegistryFixture.Plan([Absolute, Relative]);

    [Fact]
    public async Task A_version_judged_as_the_first_does_not_follow_a_champion_that_came_since()
    {
        await using var fixture = new RegistryFixture();
        await ApprovedAsync(fixture, 1, 0.95);
        await ApprovedAsync(fixture, 2, 0.4);
        Assert.True((await PromoteAsync(fixture, 1, null)).Ok);

        var refused = Assert.Single((await PromoteAsync(fixture, 2, 1)).Problems);
        Assert.Equal(("FLY3349", Relative), (refused.Code, refused.Where!.Field));
        Assert.Contains("no champion", refused.Message, StringComparison.Ordinal);
        Assert.Contains("version 1", refused.Message, StringComparison.Ordinal);
        Assert.Equal("Judge it again beside the present one: flyball models rejudge fraud@2", refused.Remedy);
        Assert.Equal(1, fixture.Registry.Champion(RegistryFixture.Model)!.Version);
    }

    [Fact]
    public async Task A_rollout_does_not_begin_with_a_version_that_was_compared_with_another_champion()
    {
        await using var fixture = await RolloutFixture.CreateAsync();
        await ApprovedAsync(fixture.Base, 3, 0.95);
        Assert.True((await fixture.Deployments.PromoteAsync(RegistryFixture.Model, 2, null, null, RolloutFixture.Operator, default)).Ok);
        var refused = (await fixture.Rollouts.StartAsync(RegistryFixture.Model, 3, RolloutFixture.Operator, default)).Problems;
        Assert.Equal(["FLY3349"], refused.Select(p => p.Code));
        Assert.Contains("version 1", refused[0].Message, StringComparison.Ordinal);
        Assert.Contains("version 2", refused[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_back_asks_for_no_new_comparison()
    {
        await using var fixture = new RegistryFixture();
        await ApprovedAsync(fixture, 1, 0.95);
        await PromoteAsync(fixture, 1, null);
        await ApprovedAsync(fixture, 2, 0.96);
        Assert.True((await PromoteAsync(fixture, 2, 1)).Ok);
        Assert.True((await fixture.Registry.SwapBackAsync(RegistryFixture.Model, RegistryFixture.Approver, "worse", default)).Ok);
    }

    [Fact]
    public async Task A_result_of_before_comparisons_were_kept_counts_as_none()
    {
        await using var fixture = new RegistryFixture();
        await ApprovedAsync(fixture, 1, 0.95);
        var second = await ApprovedAsync(fixture, 2, 0.95);
        await PromoteAsync(fixture, 1, null);
        var old = JsonSerializer.Serialize(second.Gates.Select(g => g with { Against = null }), RegistryJson.Options);
        await fixture.Catalog.WriteAsync((c, t) => Dapper.SqlMapper.Execute(c, "UPDATE versions SET gates = @old WHERE version = 2", new { old }, t), default);
        Assert.Equal(["FLY3349"], (await PromoteAsync(fixture, 2, 1)).Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task Judged_again_beside_the_champion_it_may_follow_it_with_its_approval()
    {
        await using var fixture = new RegistryFixture();
        await ApprovedAsync(fixture, 1, 0.9);
        await ApprovedAsync(fixture, 2, 0.95);
        await PromoteAsync(fixture, 1, null);
        var again = await AgainAsync(fixture, 2, 0.95, 0.9);
        Assert.Equal(VersionStates.Approved, again.Version!.State);
        Assert.Equal(fixture.Registry.Champion(RegistryFixture.Model)!.Digest.Hex, again.Version.Gates.Single(g => g.Gate == Relative).Against!.Digest);
        Assert.True((await PromoteAsync(fixture, 2, 1)).Ok);

        // What was found before is still there, with who asked and why.
        var entry = Assert.Single(fixture.Registry.Ledger.Tail(RegistryFixture.Model, 2, 100), e => e.Kind == LedgerKinds.Gates);
        Assert.Equal(("cleo", "the champion moved"), (entry.Actor, entry.Reason));
        Assert.True(Flyball.Engine.Identity.Digest.TryParse(entry.Old, out var before));
        Assert.Contains("first version, no champion", System.Text.Encoding.UTF8.GetString(fixture.Blobs.Read(before)), StringComparison.Ordinal);
        Assert.Equal(["allow"], fixture.Decisions("version.rejudge"));
    }

    [Fact]
    public async Task An_approval_falls_with_the_gates_and_does_not_come_back_with_them()
    {
        await using var fixture = new RegistryFixture();
        await ApprovedAsync(fixture, 1, 0.95);
        await ApprovedAsync(fixture, 2, 0.4);
        await PromoteAsync(fixture, 1, null);
        Assert.Equal(VersionStates.Refused, (await AgainAsync(fixture, 2, 0.4, 0.95)).Version!.State);
        Assert.Contains("FLY3202", (await PromoteAsync(fixture, 2, 1)).Problems.Select(p => p.Code));
        Assert.Equal(VersionStates.Registered, (await AgainAsync(fixture, 2, 0.97, 0.95)).Version!.State);
        Assert.Equal(["FLY3209"], (await PromoteAsync(fixture, 2, 1)).Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task A_lost_measurement_is_made_good_and_what_a_person_refused_stays_refused()
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.RegisterBundleAsync(Plan, RegistryFixture.Bundle(1), RegistryFixture.Evaluation(0), RegistryFixture.Author, default);
        Assert.Equal(VersionStates.Registered, (await AgainAsync(fixture, 1, 0.9, null)).Version!.State);
        await fixture.Registry.RefuseAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "leaks", default);
        Assert.Equal(VersionStates.Refused, (await AgainAsync(fixture, 1, 0.9, null)).Version!.State);
    }

    [Fact]
    public async Task The_champion_and_the_way_back_files_and_foreign_runs_are_not_judged_again()
    {
        await using var fixture = new RegistryFixture();
        await ApprovedAsync(fixture, 1, 0.9);
        await PromoteAsync(fixture, 1, null);
        await ApprovedAsync(fixture, 2, 0.95);
        await PromoteAsync(fixture, 2, 1);
        await ApprovedAsync(fixture, 3, 0.96);
        await fixture.OutsideAsync(RegistryFixture.Model);
        Assert.Equal(["FLY3208", "FLY3208", "FLY3343", "FLY4004"], new[] { 1, 2, 4, 9 }.Select(v => fixture.Registry.CheckRejudge(RegistryFixture.Model, v).Single().Code));
        Assert.Equal(["FLY3208"], (await AgainAsync(fixture, 2, 0.9, 0.9)).Problems.Select(p => p.Code));
        var other = Run(fixture, RegistryFixture.Bundle(2), RegistryFixture.Evaluation(0.9));
        Assert.Equal(["FLY3205"], (await fixture.Registry.RejudgeAsync(Plan, 3, other, null, RegistryFixture.Author, default)).Problems.Select(p => p.Code));

        // Beside a champion that is none any more it proves nothing, and changes nothing.
        var late = Run(fixture, RegistryFixture.Bundle(3), RegistryFixture.Evaluation(0.9));
        Assert.Equal(["FLY3206"], (await fixture.Registry.RejudgeAsync(Plan, 3, late, null, RegistryFixture.Author, default)).Problems.Select(p => p.Code));
        Assert.Equal(VersionStates.Approved, fixture.Registry.Version(RegistryFixture.Model, 3)!.State);
    }

    private static async Task<ModelVersion> ApprovedAsync(RegistryFixture fixture, int number, double skill)
    {
        var present = fixture.Registry.Champion(RegistryFixture.Model);
        var evaluation = RegistryFixture.Evaluation(skill, present is null ? null : 0.9, present?.Digest.Hex);
        var made = await fixture.Registry.RegisterBundleAsync(Plan, RegistryFixture.Bundle(number), evaluation with { PreviousDigest = fixture.Registry.Previous(RegistryFixture.Model)?.Digest.Hex }, RegistryFixture.Author, default);
        Assert.Equal(VersionStates.Registered, made.Version!.State);
        return (await fixture.Registry.ApproveAsync(RegistryFixture.Model, made.Version.Version, RegistryFixture.Approver, "fine", false, default)).Version!;
    }

    private static Task<VersionOutcome> AgainAsync(RegistryFixture fixture, int version, double skill, double? champion)
    {
        var evaluation = RegistryFixture.Evaluation(skill, champion, fixture.Registry.Champion(RegistryFixture.Model)?.Digest.Hex) with { PreviousDigest = fixture.Registry.Previous(RegistryFixture.Model)?.Digest.Hex };
        return fixture.Registry.RejudgeAsync(Plan, version, Run(fixture, RegistryFixture.Bundle(version), evaluation), "the champion moved", Caller.Local("cleo"), default);
    }

    private static TrainingRun Run(RegistryFixture fixture, Flyball.Training.Bundles.ModelBundle bundle, FrozenEvaluation evaluation) => new()
    {
        RunId = Flyball.Engine.Identity.Digest.Of("judgement").Hex,
        Model = RegistryFixture.Model,
        State = "succeeded",
        Author = "cleo",
        StartedAt = "2026-01-01T00:00:00Z",
        Bundle = bundle.Digest.Hex,
        BundleBlob = fixture.Blobs.Put(bundle.Pack()).Hex,
        EvaluationBlob = fixture.Blobs.Put(evaluation.ToBytes()).Hex,
    };

    private static Task<VersionOutcome> PromoteAsync(RegistryFixture fixture, int version, int? expected) =>
        fixture.Registry.PromoteAsync(RegistryFixture.Model, version, RegistryFixture.Approver, expected, null, default);
}

using Flyball.Registry;

namespace Flyball.Tests.Registry;

public class VersionLifeTests
{
    [Fact]
    public async Task A_champion_and_the_way_back_are_neither_retired_nor_deleted()
    {
        await using var fixture = await ServingAsync();
        foreach (var version in new[] { 1, 2 })
        {
            Assert.Contains("FLY3345", (await fixture.Registry.Life.RetireAsync(RegistryFixture.Model, version, null, RegistryFixture.Author, "old", default)).Problems.Select(p => p.Code));
            Assert.Contains("FLY3345", (await fixture.Registry.Life.DeleteAsync(RegistryFixture.Model, version, RegistryFixture.Author, "old", default)).Problems.Select(p => p.Code));
        }

        Assert.Equal(["deny", "deny"], fixture.Decisions("version.retire"));
    }

    [Fact]
    public async Task A_version_that_takes_traffic_or_is_on_trial_says_who_needs_it()
    {
        await using var fixture = await ServingAsync();
        await fixture.ApprovedAsync(3);
        await fixture.Catalog.WriteAsync(
            (c, t) => Dapper.SqlMapper.Execute(
                c,
                "INSERT INTO traffic (model, ordinal, champion, previous, rollout, canary, share, since) VALUES ('fraud', 1, 2, 1, 'r1', 3, '0.05', '2026-03-01T12:00:00Z')",
                transaction: t),
            default);
        var refused = await fixture.Registry.Life.RetireAsync(RegistryFixture.Model, 3, null, RegistryFixture.Author, "old", default);
        Assert.Contains("takes traffic on trial", Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(VersionStates.Approved, fixture.Registry.Version(RegistryFixture.Model, 3)!.State);
    }

    [Fact]
    public async Task A_retired_version_is_archived_kept_for_its_time_and_deleted_after_it()
    {
        await using var fixture = await ServingAsync();
        var third = await fixture.ApprovedAsync(3);
        var retired = await fixture.Registry.Life.RetireAsync(RegistryFixture.Model, 3, new RetirementTerms(TimeSpan.FromDays(30).Ticks / 10), RegistryFixture.Author, "old", default);
        Assert.Equal((VersionStates.Archived, VersionStages.Archived), (retired.Value!.Version.State, retired.Value.Version.Stage));
        Assert.Equal(["FLY3209"], (await fixture.Registry.PromoteAsync(RegistryFixture.Model, 3, RegistryFixture.Author, 2, null, default)).Problems.Select(p => p.Code));
        Assert.Equal("FLY3346", Assert.Single((await fixture.Registry.Life.DeleteAsync(RegistryFixture.Model, 3, RegistryFixture.Author, null, default)).Problems).Code);
        fixture.Time.Advance(TimeSpan.FromDays(31));
        Assert.True((await fixture.Registry.Life.DeleteAsync(RegistryFixture.Model, 3, RegistryFixture.Author, null, default)).Ok);

        // What it decided can still be reproduced, and its bundle be registered anew.
        Assert.Equal(third.Digest, fixture.Registry.ReadBundle(third.Digest).Digest);
        Assert.Equal(4, (await fixture.ApprovedAsync(3)).Version);
    }

    [Fact]
    public async Task A_version_that_answered_lately_is_retired_only_when_it_is_forced_with_a_reason()
    {
        await using var fixture = await ServingAsync();
        await fixture.ApprovedAsync(3);
        var life = new ModelRegistry(fixture.Catalog, fixture.Blobs, fixture.Trail, fixture.Time, [new Lately()]).Life;

        var refused = await life.RetireAsync(RegistryFixture.Model, 3, null, RegistryFixture.Author, "old", default);
        var silent = await life.RetireAsync(RegistryFixture.Model, 3, new RetirementTerms(IsForced: true), RegistryFixture.Author, " ", default);
        var needed = await life.RetireAsync(RegistryFixture.Model, 2, new RetirementTerms(IsForced: true), RegistryFixture.Author, "moved", default);
        var forced = await life.RetireAsync(RegistryFixture.Model, 3, new RetirementTerms(IsForced: true), RegistryFixture.Author, "moved", default);

        Assert.Equal("FLY3970", Assert.Single(refused.Problems).Code);
        Assert.Contains("it answered shop", refused.Problems[0].Message, StringComparison.Ordinal);
        Assert.Equal("FLY3971", Assert.Single(silent.Problems).Code);
        Assert.All(needed.Problems, p => Assert.Equal("FLY3345", p.Code));
        Assert.NotEmpty(needed.Problems);
        Assert.True(forced.Ok);
        Assert.Contains("it answered shop", fixture.AuditLines().Last(l => (string)l["action"]! == "version.retire").ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_answered_longer_ago_than_asked_for_is_retired()
    {
        await using var fixture = await ServingAsync();
        await fixture.ApprovedAsync(3);
        var life = new ModelRegistry(fixture.Catalog, fixture.Blobs, fixture.Trail, fixture.Time, [new Lately()]).Life;

        Assert.True((await life.RetireAsync(RegistryFixture.Model, 3, new RetirementTerms(IdleMicros: Lately.Ago - 1), RegistryFixture.Author, "old", default)).Ok);
    }

    [Fact]
    public async Task A_version_with_an_alias_of_the_team_is_not_retired()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync("churn");
        await fixture.Registry.Aliases.SetAsync("churn", "candidate", 1, null, RegistryFixture.Author, null, default);
        Assert.Contains("candidate", Assert.Single((await fixture.Registry.Life.RetireAsync("churn", 1, null, RegistryFixture.Author, null, default)).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transition_archives_the_others_in_one_step_and_leaves_the_champion()
    {
        await using var fixture = new RegistryFixture();
        for (var i = 0; i < 3; i++)
        {
            await fixture.OutsideAsync("churn");
        }

        await MoveAsync(fixture, 1, "production", false);
        await MoveAsync(fixture, 2, "Production", false);
        Assert.Equal(VersionStages.Production, (await MoveAsync(fixture, 3, "PRODUCTION", true)).Value!.Version.Stage);
        Assert.Equal(
            [VersionStages.Archived, VersionStages.Archived, VersionStages.Production],
            fixture.Registry.Versions("churn").Select(v => v.Stage));
        Assert.Equal([3, 2], fixture.Registry.Labels.Latest("churn", ["Production", "Archived"]).Select(r => r.Version.Version));
        Assert.Equal("FLY3332", Assert.Single((await MoveAsync(fixture, 1, "live", false)).Problems).Code);
        Assert.Equal("FLY3332", Assert.Single((await MoveAsync(fixture, 1, "None", true)).Problems).Code);
    }

    [Fact]
    public async Task A_label_cannot_take_the_champion_out_of_production_or_put_an_unapproved_version_there()
    {
        await using var fixture = await ServingAsync();
        var plan = RegistryFixture.Plan(["average_precision >= 0.5"]);
        await fixture.Registry.RegisterBundleAsync(plan, RegistryFixture.Bundle(9), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default);
        Assert.Equal("FLY3344", Assert.Single((await fixture.Registry.Labels.TransitionAsync(RegistryFixture.Model, 2, "Archived", false, RegistryFixture.Author, null, default)).Problems).Code);
        Assert.Contains("FLY3209", (await fixture.Registry.Labels.TransitionAsync(RegistryFixture.Model, 3, "Production", true, RegistryFixture.Author, null, default)).Problems.Select(p => p.Code));
        Assert.Equal(VersionStages.Production, fixture.Registry.Version(RegistryFixture.Model, 2)!.Stage);
    }

    [Fact]
    public async Task An_approval_that_ran_out_lets_nothing_be_promoted_until_it_is_given_again()
    {
        await using var fixture = new RegistryFixture();
        var version = await fixture.ApprovedAsync(1);
        await fixture.Registry.ApproveAsync(RegistryFixture.Model, version.Version, RegistryFixture.Approver, new ApprovalTerms("for a day", false, TimeSpan.FromDays(1).Ticks / 10), default);
        fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["FLY3348"], (await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default)).Problems.Select(p => p.Code));
        await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "again", false, default);
        Assert.True((await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default)).Ok);
    }

    [Fact]
    public async Task A_comment_decides_nothing_and_the_approval_before_it_still_holds()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        Assert.True((await fixture.Registry.CommentAsync(RegistryFixture.Model, 1, RegistryFixture.Author, "looked at the slices", default)).Ok);
        Assert.Equal("FLY3203", Assert.Single((await fixture.Registry.CommentAsync(RegistryFixture.Model, 1, RegistryFixture.Author, " ", default)).Problems).Code);
        Assert.Equal(["approved", "commented"], fixture.Registry.Approvals(RegistryFixture.Model, 1).Select(a => a.Decision));
        Assert.True((await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default)).Ok);
    }

    [Fact]
    public async Task The_tag_of_the_approval_follows_the_decisions_and_nobody_else_sets_it()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        Assert.Equal("APPROVED", Tag());
        await fixture.Registry.RefuseAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "leaks", default);
        Assert.Equal("REJECTED", Tag());
        Assert.Equal("FLY3333", Assert.Single((await fixture.Registry.Labels.SetTagAsync(RegistryFixture.Model, 1, "flyball.approval", "APPROVED", RegistryFixture.Author, null, default)).Problems).Code);
        Assert.Equal("REJECTED", Tag());

        string Tag() => fixture.Registry.Labels.Find(RegistryFixture.Model, 1)!.Tags["flyball.approval"];
    }

    private static Task<RegistryOutcome<VersionRecord>> MoveAsync(RegistryFixture fixture, int version, string stage, bool archive) =>
        fixture.Registry.Labels.TransitionAsync("churn", version, stage, archive, RegistryFixture.Author, null, default);

    /// <summary>Version 2 is champion, version 1 the way back.</summary>
    private static async Task<RegistryFixture> ServingAsync()
    {
        var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        await fixture.ApprovedAsync(2);
        await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default);
        await fixture.Registry.PromoteAsync(RegistryFixture.Model, 2, RegistryFixture.Author, 1, null, default);
        return fixture;
    }

    /// <summary>A version that answered one caller a while ago.</summary>
    private sealed class Lately : IVersionUses
    {
        public const long Ago = 1_000_000;

        public IReadOnlyList<string> Of(string model, int version) => version == 2 ? ["it takes traffic as the champion"] : [];

        IReadOnlyList<string> IVersionUses.Lately(string model, Flyball.Engine.Identity.Digest digest, long withinMicros) => withinMicros >= Ago ? ["it answered shop"] : [];
    }
}

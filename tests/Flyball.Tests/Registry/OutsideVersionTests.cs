using Flyball.Engine.Identity;
using Flyball.Registry;

namespace Flyball.Tests.Registry;

public class OutsideVersionTests
{
    private const string Churn = "customer_churn_predictor";

    [Fact]
    public async Task The_same_source_twice_is_two_versions_and_their_list_of_files_is_sealed()
    {
        await using var fixture = new RegistryFixture();
        var file = new SealedFile("model/MLmodel", 6, fixture.Blobs.Put("MLmodel"u8[..6]));
        var first = await fixture.OutsideAsync(Churn, files: file);
        var second = await fixture.OutsideAsync(Churn, files: file);
        Assert.Equal((1, 2), (first.Version.Version, second.Version.Version));
        Assert.Equal(first.Version.Digest, second.Version.Digest);
        Assert.Equal([file], fixture.Registry.Outside.Files(second.Version));
        Assert.Equal((VersionStates.Unjudged, VersionStages.None, "r"), (first.Version.State, first.Version.Stage, first.Version.RunId));
    }

    [Fact]
    public async Task A_key_gives_the_first_version_again_and_refuses_another_body()
    {
        await using var fixture = new RegistryFixture();
        var first = await fixture.OutsideAsync(Churn, key: "k1");
        var again = await fixture.OutsideAsync(Churn, key: "k1");
        Assert.Equal(first.Version.Version, again.Version.Version);
        var other = await fixture.Registry.Outside.CreateAsync(new VersionDraft(Churn, "elsewhere", []) { IdempotencyKey = "k1" }, RegistryFixture.Author, default);
        Assert.Equal("FLY3341", Assert.Single(other.Problems).Code);
        Assert.Single(fixture.Registry.Versions(Churn));
    }

    [Fact]
    public async Task Twenty_creates_at_once_with_one_key_make_one_version()
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.Names.CreateAsync(new ModelDraft(Churn), RegistryFixture.Author, default);
        var draft = new VersionDraft(Churn, "s", []) { IdempotencyKey = "k" };
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => fixture.Registry.Outside.CreateAsync(draft, RegistryFixture.Author, default)));
        Assert.All(made, m => Assert.Equal(1, m.Value!.Version.Version));
        Assert.Single(fixture.Registry.Versions(Churn));
    }

    [Fact]
    public async Task A_key_of_a_model_gives_it_again_and_refuses_another_body()
    {
        await using var fixture = new RegistryFixture();
        var draft = new ModelDraft("m") { IdempotencyKey = "k", Description = "one" };
        Assert.True((await fixture.Registry.Names.CreateAsync(draft, RegistryFixture.Author, default)).Ok);
        Assert.True((await fixture.Registry.Names.CreateAsync(draft, RegistryFixture.Author, default)).Ok);
        Assert.Equal("FLY3341", Assert.Single((await fixture.Registry.Names.CreateAsync(draft with { Description = "two" }, RegistryFixture.Author, default)).Problems).Code);
        Assert.Equal("FLY3340", Assert.Single((await fixture.Registry.Names.CreateAsync(draft with { IdempotencyKey = null }, RegistryFixture.Author, default)).Problems).Code);
    }

    [Fact]
    public async Task A_number_is_never_given_again_and_a_deleted_version_takes_its_aliases_with_it()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(Churn);
        await fixture.OutsideAsync(Churn);
        await fixture.Registry.Aliases.SetAsync(Churn, "best", 2, null, RegistryFixture.Author, null, default);
        Assert.True((await fixture.Registry.Life.DeleteAsync(Churn, 2, RegistryFixture.Author, "bad", default)).Ok);
        Assert.Null(fixture.Registry.Labels.Find(Churn, 2));
        Assert.Null(fixture.Registry.Aliases.Find(Churn, "best"));
        Assert.Equal(3, (await fixture.OutsideAsync(Churn)).Version.Version);
        Assert.Equal("FLY4004", Assert.Single((await fixture.Registry.Life.DeleteAsync(Churn, 2, RegistryFixture.Author, null, default)).Problems).Code);
    }

    [Fact]
    public async Task A_version_without_a_bundle_is_neither_approved_nor_promoted_but_carries_other_aliases()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(RegistryFixture.Model);
        Assert.Contains("FLY3343", (await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "fine", true, default)).Problems.Select(p => p.Code));
        Assert.Equal(["FLY3343"], (await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default)).Problems.Select(p => p.Code));
        Assert.Null(fixture.Registry.Champion(RegistryFixture.Model));
        Assert.True((await fixture.Registry.Aliases.SetAsync(RegistryFixture.Model, "candidate", 1, null, RegistryFixture.Author, null, default)).Ok);
    }

    [Fact]
    public async Task Versions_from_outside_and_trained_ones_share_one_numbering()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(RegistryFixture.Model);
        Assert.Equal(2, (await fixture.ApprovedAsync(1)).Version);
        Assert.Equal(3, (await fixture.OutsideAsync(RegistryFixture.Model)).Version.Version);
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("a/./b")]
    [InlineData("")]
    public async Task A_file_with_a_path_to_elsewhere_is_refused(string path)
    {
        await using var fixture = new RegistryFixture();
        await fixture.Registry.Names.CreateAsync(new ModelDraft(Churn), RegistryFixture.Author, default);
        var made = await fixture.Registry.Outside.CreateAsync(new VersionDraft(Churn, "s", [new SealedFile(path, 1, Digest.Of("x"))]), RegistryFixture.Author, default);
        Assert.Equal("FLY3334", Assert.Single(made.Problems).Code);
        Assert.Empty(fixture.Registry.Versions(Churn));
    }

    [Fact]
    public async Task A_bundle_that_is_judged_later_makes_the_version_one_that_can_be_promoted_and_earlier_decisions_do_not_hold_for_it()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(RegistryFixture.Model);
        var plan = RegistryFixture.Plan(["average_precision >= 0.5"]);
        var judged = await fixture.Registry.JudgeOutsideAsync(plan, 1, RegistryFixture.Bundle(7), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default);
        Assert.Equal((VersionStates.Registered, RegistryFixture.Bundle(7).Digest), (judged.Version!.State, judged.Version.Digest));
        Assert.Equal("PENDING", fixture.Registry.Labels.Find(RegistryFixture.Model, 1)!.Tags["flyball.approval"]);
        Assert.Equal("FLY3204", Assert.Single((await fixture.Registry.JudgeOutsideAsync(plan, 1, RegistryFixture.Bundle(8), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default)).Problems).Code);
        await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "fine", false, default);
        Assert.True((await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default)).Ok);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a\\b")]
    [InlineData("a%2fb")]
    [InlineData("..")]
    [InlineData(" a")]
    [InlineData("a\u0000")]
    [InlineData("")]
    public async Task A_name_that_is_also_a_path_is_no_name_of_a_model(string name)
    {
        await using var fixture = new RegistryFixture();
        Assert.Equal("FLY3330", Assert.Single((await fixture.Registry.Names.CreateAsync(new ModelDraft(name), RegistryFixture.Author, default)).Problems).Code);
    }

    [Fact]
    public async Task A_deleted_model_frees_its_name_and_a_renamed_one_keeps_its_history()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync("a");
        await fixture.Registry.Aliases.SetAsync("a", "best", 1, null, RegistryFixture.Author, null, default);
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await fixture.Registry.Names.RenameAsync("a", "b", RegistryFixture.Author, null, default)).Ok);
        Assert.Equal(1, fixture.Registry.Aliases.Find("b", "best")!.Version.Version);
        Assert.Single(fixture.Registry.Ledger.Moves("b"));
        Assert.True((await fixture.Registry.Names.DeleteAsync("b", RegistryFixture.Author, "gone", default)).Ok);
        Assert.Null(fixture.Registry.Names.Find("b"));
        Assert.Equal(1, (await fixture.OutsideAsync("b")).Version.Version);
        Assert.Empty(fixture.Registry.Names.Find("b")!.Aliases);
    }

    [Fact]
    public async Task A_model_with_judged_versions_is_neither_renamed_nor_deleted()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        Assert.Equal("FLY3347", Assert.Single((await fixture.Registry.Names.RenameAsync(RegistryFixture.Model, "other", RegistryFixture.Author, null, default)).Problems).Code);
        Assert.Equal("FLY3347", Assert.Single((await fixture.Registry.Names.DeleteAsync(RegistryFixture.Model, RegistryFixture.Author, null, default)).Problems).Code);
    }
}

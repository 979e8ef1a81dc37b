using Flyball.Registry;
using Flyball.Tests.Workspaces;
using Flyball.Training;

namespace Flyball.Tests.Registry.Judging;

/// <summary>Names that were set on files before anybody judged them, beside versions that were promoted.</summary>
public sealed class MixedChampionTests
{
    private const string Model = RegistryFixture.Model;

    [Fact]
    public async Task Files_that_were_named_champion_are_none_until_they_are_promoted()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(Model);
        await NameAsync(fixture, 1, "champion");
        await fixture.Registry.Labels.TransitionAsync(Model, 1, "Production", false, RegistryFixture.Author, null, default);
        Assert.Null(fixture.Registry.Champion(Model));

        await fixture.Registry.JudgeOutsideAsync(RegistryFixture.Plan(["average_precision >= 0.5"]), 1, RegistryFixture.Bundle(7), RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default);

        // Neither the name nor the stage is carried over to bytes that nobody approved.
        Assert.Null(fixture.Registry.Champion(Model));
        Assert.Null(fixture.Registry.Aliases.Find(Model, "champion"));
        Assert.Equal(VersionStages.None, fixture.Registry.Version(Model, 1)!.Stage);
        Assert.Equal(["FLY3209"], (await fixture.Registry.PromoteAsync(Model, 1, RegistryFixture.Author, null, null, default)).Problems.Select(p => p.Code));
        await fixture.Registry.ApproveAsync(Model, 1, RegistryFixture.Approver, "fine", false, default);
        Assert.True((await fixture.Registry.PromoteAsync(Model, 1, RegistryFixture.Author, null, null, default)).Ok);
        Assert.Equal(1, fixture.Registry.Champion(Model)!.Version);
    }

    [Fact]
    public async Task A_promoted_version_takes_the_name_and_the_stage_of_files_and_they_are_no_way_back()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(Model);
        await fixture.OutsideAsync(Model);
        await NameAsync(fixture, 1, "champion");
        foreach (var version in (int[])[1, 2])
        {
            await fixture.Registry.Labels.TransitionAsync(Model, version, "Production", false, RegistryFixture.Author, null, default);
        }

        var trained = await fixture.ApprovedAsync(1);
        Assert.True((await fixture.Registry.PromoteAsync(Model, trained.Version, RegistryFixture.Author, null, null, default)).Ok);

        Assert.Equal(trained.Version, fixture.Registry.Aliases.Find(Model, "champion")!.Version.Version);
        Assert.Equal([trained.Version], fixture.Registry.Versions(Model).Where(v => v.Stage == VersionStages.Production).Select(v => v.Version));
        Assert.Null(fixture.Registry.Previous(Model));
        Assert.Equal("FLY3207", Assert.Single((await fixture.Registry.SwapBackAsync(Model, RegistryFixture.Author, "back", default)).Problems).Code);
        Assert.Contains("FLY3343", (await fixture.Registry.SwapBackAsync(Model, RegistryFixture.Author, "back", default, to: 1)).Problems.Select(p => p.Code));
        Assert.Equal(trained.Version, fixture.Registry.Champion(Model)!.Version);
    }

    [Fact]
    public async Task Only_a_judged_version_is_named_champion_of_a_model_that_the_project_defines()
    {
        await using var fixture = new RegistryFixture();
        using var project = new FraudProject();
        using var registry = new ModelRegistry(fixture.Catalog, fixture.Blobs, fixture.Trail, fixture.Time) { Project = new ActiveProject(ProjectWorkspace.Load(project)) };
        await fixture.OutsideAsync(Model);
        await fixture.OutsideAsync("other");

        foreach (var alias in (string[])["champion", "previous"])
        {
            var refused = Assert.Single((await registry.Aliases.SetAsync(Model, alias, 1, null, RegistryFixture.Author, null, default)).Problems);
            Assert.Equal("FLY3344", refused.Code);
            Assert.Contains($"flyball models judge {Model}@1, then flyball models promote {Model}@1", refused.Remedy, StringComparison.Ordinal);
        }

        Assert.Equal(["FLY3343", "FLY3344"], (await registry.Labels.TransitionAsync(Model, 1, "Production", false, RegistryFixture.Author, null, default)).Problems.Select(p => p.Code));
        Assert.True((await registry.Aliases.SetAsync("other", "champion", 1, null, RegistryFixture.Author, null, default)).Ok);
        Assert.Equal("FLY3344", Assert.Single((await registry.Aliases.SetAsync(Model, "production", 1, null, RegistryFixture.Author, null, default)).Problems).Code);
        Assert.True((await registry.Aliases.SetAsync("other", "production", 1, null, RegistryFixture.Author, null, default)).Ok);
        Assert.True((await registry.Aliases.SetAsync(Model, "candidate", 1, null, RegistryFixture.Author, null, default)).Ok);
    }

    private static async Task NameAsync(RegistryFixture fixture, int version, string alias) =>
        Assert.True((await fixture.Registry.Aliases.SetAsync(Model, alias, version, null, RegistryFixture.Author, null, default)).Ok);
}

using Flyball.Registry;

namespace Flyball.Tests.Registry;

/// <summary>Whoever asks for production gets what answers: no label and no alias says otherwise.</summary>
public sealed class ProductionTests
{
    [Fact]
    public async Task Only_a_promotion_moves_a_version_of_a_judged_model_into_production()
    {
        await using var fixture = await ServingAsync();
        var files = (await fixture.OutsideAsync(RegistryFixture.Model)).Version.Version;
        var approved = (await fixture.ApprovedAsync(2)).Version;

        Assert.Equal(["FLY3343", "FLY3344"], (await MoveAsync(fixture, files)).Problems.Select(p => p.Code));
        Assert.Equal(["FLY3344"], (await MoveAsync(fixture, approved)).Problems.Select(p => p.Code));
        Assert.True((await MoveAsync(fixture, 1)).Ok);

        Assert.Equal([1], fixture.Registry.Labels.Latest(RegistryFixture.Model, ["Production"]).Select(v => v.Version.Version));
        Assert.Equal((VersionStages.None, VersionStages.None), (fixture.Registry.Version(RegistryFixture.Model, files)!.Stage, fixture.Registry.Version(RegistryFixture.Model, approved)!.Stage));
    }

    [Theory]
    [InlineData("Champion")]
    [InlineData("CHAMPION")]
    [InlineData("\u0441hampion")] // Cyrillic es
    [InlineData("champi\u043En")] // Cyrillic o
    [InlineData("champi\u03BFn")] // Greek omicron
    [InlineData("\uFF43hampion")] // full-width c
    [InlineData("champio\u0144")] // n with acute
    [InlineData("champ1on")]
    [InlineData("champlon")]
    [InlineData("charnpion")]
    [InlineData("CHA\u039CPIO\u039D")] // Greek mu and nu
    [InlineData("Previous")]
    [InlineData("prev\u0456ous")] // Cyrillic i
    [InlineData("1atest")]
    public async Task An_alias_that_reads_like_one_of_promotions_is_refused(string alias)
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync("m");
        var set = await fixture.Registry.Aliases.SetAsync("m", alias, 1, null, RegistryFixture.Author, null, default);
        Assert.Equal("FLY3331", Assert.Single(set.Problems).Code);
        Assert.Null(fixture.Registry.Aliases.Find("m", alias));
    }

    [Theory]
    [InlineData("production")]
    [InlineData("PRODUCTION")]
    [InlineData("pr\u043Eduction")]
    public async Task An_alias_that_reads_like_the_stage_is_refused_where_a_champion_answers_and_taken_elsewhere(string alias)
    {
        await using var fixture = await ServingAsync();
        await fixture.OutsideAsync(RegistryFixture.Model);
        await fixture.OutsideAsync("elsewhere");
        Assert.Equal("FLY3344", Assert.Single((await fixture.Registry.Aliases.SetAsync(RegistryFixture.Model, alias, 2, null, RegistryFixture.Author, null, default)).Problems).Code);
        Assert.True((await fixture.Registry.Aliases.SetAsync("elsewhere", alias, 1, null, RegistryFixture.Author, null, default)).Ok);
    }

    [Theory]
    [InlineData("challenger")]
    [InlineData("champion-2025")]
    [InlineData("best")]
    [InlineData("\u043A\u0430\u043D\u0434\u0438\u0434\u0430\u0442")] // a word in Cyrillic
    [InlineData("staging")]
    public async Task Other_aliases_are_the_teams(string alias)
    {
        await using var fixture = await ServingAsync();
        Assert.True((await fixture.Registry.Aliases.SetAsync(RegistryFixture.Model, alias, 1, null, RegistryFixture.Author, null, default)).Ok);
    }

    private static Task<RegistryOutcome<VersionRecord>> MoveAsync(RegistryFixture fixture, int version) =>
        fixture.Registry.Labels.TransitionAsync(RegistryFixture.Model, version, "Production", true, RegistryFixture.Author, null, default);

    /// <summary>Version 1 is champion.</summary>
    private static async Task<RegistryFixture> ServingAsync()
    {
        var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        Assert.True((await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default)).Ok);
        return fixture;
    }
}

using Flyball.Registry;

namespace Flyball.Tests.Registry;

/// <summary>Versions whose users are told to move on.</summary>
public sealed class VersionDeprecationsTests
{
    [Fact]
    public async Task It_is_told_audited_and_taken_back()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        var deprecations = fixture.Registry.Deprecations;
        Assert.Null(deprecations.Find(RegistryFixture.Model, 1));

        var outcome = await deprecations.DeprecateAsync(RegistryFixture.Model, 1, "2026-12-31", "Use version 2.", RegistryFixture.Author, default);

        Assert.True(outcome.Ok);
        var told = deprecations.Find(RegistryFixture.Model, 1)!;
        Assert.Equal((fixture.Time.GetUtcNow(), new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero), "Use version 2."), (told.Since, told.Sunset, told.Note));
        Assert.Equal(told, new ModelRegistry(fixture.Catalog, fixture.Blobs, fixture.Trail, fixture.Time).Deprecations.Find(RegistryFixture.Model, 1));
        Assert.Equal(["allow"], fixture.Decisions("version.deprecate"));
        Assert.True((await deprecations.RestoreAsync(RegistryFixture.Model, 1, RegistryFixture.Author, "kept", default)).Ok);
        Assert.Null(deprecations.Find(RegistryFixture.Model, 1));
    }

    [Fact]
    public async Task A_whole_model_is_told_audited_and_taken_back_beside_its_versions()
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);
        var deprecations = fixture.Registry.Deprecations;
        Assert.True((await deprecations.DeprecateAsync(RegistryFixture.Model, 1, "2026-12-31", "Use version 2.", RegistryFixture.Author, default)).Ok);

        Assert.True((await deprecations.DeprecateAsync(RegistryFixture.Model, "2027-06-30", null, RegistryFixture.Author, default)).Ok);

        var told = deprecations.Find(RegistryFixture.Model)!;
        Assert.Equal(new DateTimeOffset(2027, 6, 30, 23, 59, 59, TimeSpan.Zero), told.Sunset);
        Assert.Equal(told, new ModelRegistry(fixture.Catalog, fixture.Blobs, fixture.Trail, fixture.Time).Deprecations.Find(RegistryFixture.Model));
        Assert.Equal((told, told, 2026), (deprecations.ToldOf(RegistryFixture.Model, null), deprecations.ToldOf(RegistryFixture.Model, 2), deprecations.ToldOf(RegistryFixture.Model, 1)!.Sunset!.Value.Year));
        Assert.Equal(["allow"], fixture.Decisions("model.deprecate"));

        Assert.True((await deprecations.RestoreAsync(RegistryFixture.Model, RegistryFixture.Author, "kept", default)).Ok);
        Assert.Null(deprecations.Find(RegistryFixture.Model));
        Assert.NotNull(deprecations.Find(RegistryFixture.Model, 1));
        Assert.Equal(["allow"], fixture.Decisions("model.undeprecate"));
    }

    [Theory]
    [InlineData("soon", null)]
    [InlineData("2026-02-30", null)]
    [InlineData("2020-01-01", null)]
    [InlineData(null, "two\nlines")]
    public async Task What_cannot_be_told_is_refused(string? sunset, string? note)
    {
        await using var fixture = new RegistryFixture();
        await fixture.ApprovedAsync(1);

        var outcome = await fixture.Registry.Deprecations.DeprecateAsync(RegistryFixture.Model, 1, sunset, note, RegistryFixture.Author, default);

        Assert.Equal("FLY3972", Assert.Single(outcome.Problems).Code);
        Assert.Null(fixture.Registry.Deprecations.Find(RegistryFixture.Model, 1));
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_told_nothing()
    {
        await using var fixture = new RegistryFixture();

        Assert.False((await fixture.Registry.Deprecations.DeprecateAsync(RegistryFixture.Model, 9, null, null, RegistryFixture.Author, default)).Ok);
    }
}

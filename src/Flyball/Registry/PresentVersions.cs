using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>Whom a version is compared with at the moment it is judged. Files that nobody judged can serve nothing and count as nobody.</summary>
/// <param name="Champion">Null without one.</param>
/// <param name="Previous">The champion before it; null without one.</param>
internal sealed record PresentVersions(ModelVersion? Champion, ModelVersion? Previous)
{
    public static PresentVersions Of(Catalog catalog, string model) => catalog.Read(c => new PresentVersions(
        Judged(VersionStore.Alias(c, null, model, VersionStore.ChampionAlias)), Judged(VersionStore.Alias(c, null, model, VersionStore.PreviousAlias))));

    /// <summary>The version when it has a bundle.</summary>
    public static ModelVersion? Judged(ModelVersion? version) => version is { HasBundle: true } ? version : null;
}

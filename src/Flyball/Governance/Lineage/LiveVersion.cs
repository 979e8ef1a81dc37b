using Flyball.Training;

namespace Flyball.Governance.Lineage;

/// <summary>A version that answers requests now, or would after one step back.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">Its number.</param>
/// <param name="Digest">Of the bundle.</param>
/// <param name="Role"><c>champion</c>, <c>canary</c> or <c>previous</c>.</param>
/// <param name="RunId">The run it came out of.</param>
/// <param name="Manifest">What its bundle says of itself.</param>
internal sealed record LiveVersion(string Model, int Version, Engine.Identity.Digest Digest, string Role, string RunId, ModelManifest Manifest)
{
    /// <summary>It answers requests, and is not only kept for a rollback.</summary>
    public bool Answers => Role is not "previous";

    /// <summary>The digest of a feature's meaning that it was trained with; null when it does not use the feature.</summary>
    public string? DefinitionOf(string feature) => Manifest.Features.FirstOrDefault(f => f.Name == feature)?.Definition;
}

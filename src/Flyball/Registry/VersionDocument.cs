namespace Flyball.Registry;

/// <summary>A version as answers show it.</summary>
internal sealed record VersionDocument(
    string Model,
    int Version,
    string State,
    string Digest,
    string RunId,
    string Author,
    string RegisteredBy,
    string Risk,
    string CreatedAt,
    IReadOnlyList<GateResult> Gates,
    IReadOnlyList<Approval>? Approvals)
{
    public static VersionDocument Of(ModelVersion version, IReadOnlyList<Approval>? approvals) => new(
        version.Model, version.Version, version.State, version.Digest.Hex, version.RunId, version.Author, version.RegisteredBy, version.Risk,
        version.CreatedAt, version.Gates, approvals);
}

namespace Flyball.Registry.Archives;

/// <summary>The record of a version in an archive: what was decided about it where it comes from.</summary>
internal sealed record ArchivedVersion(
    string Model,
    int Version,
    string Digest,
    string RunId,
    string Author,
    string RegisteredBy,
    string Risk,
    string State,
    string Stage,
    string CreatedAt,
    string? Description,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<string> Aliases,
    IReadOnlyList<GateResult> Gates)
{
    public static ArchivedVersion Of(VersionRecord record)
    {
        var version = record.Version;
        return new ArchivedVersion(
            version.Model, version.Version, version.Digest.Hex, version.RunId, version.Author, version.RegisteredBy, version.Risk, version.State, version.Stage, version.CreatedAt,
            version.Description, record.Tags, record.Aliases, version.Gates);
    }
}

using Dapper;
using Flyball.Engine.Identity;
using Flyball.Storage.Blobs;
using Flyball.Storage.Catalogs;
using Flyball.Training.Artifacts;

namespace Flyball.Registry.Queries;

/// <summary>
/// The files of versions as they were when they were registered, under the digest of their list: <c>sealed/DIGEST/...</c>. What is
/// written to a run later never shows here. A version that was trained here has one file, its bundle.
/// </summary>
public sealed class SealedArtifacts(Catalog catalog, BlobStore blobs)
{
    private const string BundleName = "bundle.zip";

    /// <summary>Where the files of a version are found: those it was logged with, also after it was judged.</summary>
    public static string UriOf(ModelVersion version) => ArtifactUri.Of($"{ArtifactUri.SealedArea}/{(version.Manifest ?? version.Digest).Hex}");

    /// <summary>The files of a version; empty lists are lists too.</summary>
    public IReadOnlyList<SealedFile> Files(ModelVersion version) =>
        version.Manifest is { } manifest ? FileManifest.Read(blobs.Read(manifest)) : [new SealedFile(BundleName, blobs.LengthOf(version.Blob), version.Blob)];

    /// <summary>Null when there is no such file.</summary>
    public ArtifactFile? Find(ArtifactPath path) =>
        Split(path) is var (digest, rest) && FilesOf(digest).FirstOrDefault(f => f.Path == rest) is { } file ? new ArtifactFile(path, file.Sha256, file.Size) : null;

    /// <summary>The names in a folder, in order; none when there is no such folder.</summary>
    public IReadOnlyList<ArtifactEntry> List(ArtifactPath folder)
    {
        if (Split(folder) is not var (digest, rest))
        {
            return [];
        }

        var prefix = rest.Length == 0 ? "" : rest + "/";
        return
        [
            .. FilesOf(digest).Where(f => f.Path.StartsWith(prefix, StringComparison.Ordinal))
                .Select(f => (Below: f.Path[prefix.Length..], f.Size))
                .Select(f => f.Below.IndexOf('/') is >= 0 and var slash ? new ArtifactEntry(f.Below[..slash], null) : new ArtifactEntry(f.Below, f.Size))
                .Distinct().OrderBy(e => e.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The digest and the path inside of it; null for another area, or something that is no digest.</summary>
    private static (Digest Digest, string Below)? Split(ArtifactPath path)
    {
        var parts = path.ToString().Split('/', 3);
        return parts is [ArtifactUri.SealedArea, var hex, ..] && Digest.TryParse(hex, out var digest) ? (digest, parts is [_, _, var rest] ? rest : "") : null;
    }

    /// <summary>Only lists that a version was sealed with: a digest of something else is nobody's folder.</summary>
    private IReadOnlyList<SealedFile> FilesOf(Digest digest)
    {
        var row = catalog.Read(db => db.QueryFirstOrDefault<(string Blob, string? Manifest)?>(
            "SELECT v.blob, v.manifest FROM versions v WHERE v.digest = @hex OR v.manifest = @hex ORDER BY v.model, v.version LIMIT 1", new { hex = digest.Hex }));
        return row switch
        {
            null => [],
            { Manifest: { } manifest } => FileManifest.Read(blobs.Read(Parse(manifest))),
            { Blob: var blob } => [new SealedFile(BundleName, blobs.LengthOf(Parse(blob)), Parse(blob))],
        };
    }

    private static Digest Parse(string hex) => Digest.TryParse(hex, out var digest) ? digest : throw new InvalidDataException("A version in the catalog has something else in place of a digest.");
}

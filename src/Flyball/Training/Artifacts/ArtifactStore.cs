using System.Data;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Storage.Blobs;
using Flyball.Storage.Catalogs;

namespace Flyball.Training.Artifacts;

/// <summary>
/// Files of runs and logged models: a logical path points at a content, which is held by its digest. Writing a path again points it
/// elsewhere; the old content stays for whoever sealed it.
/// </summary>
/// <remarks>Safe from any thread. A file is durable when its task completes.</remarks>
public sealed class ArtifactStore(Catalog catalog, BlobStore blobs, TimeProvider time)
{
    /// <summary>Stores a stream as a file, in constant memory.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3306: the path is the root's, a sealed copy's, a folder's, or lies in a file.</exception>
    public async Task<ArtifactFile> PutAsync(ArtifactPath path, Stream content, CancellationToken ct)
    {
        RequireWritable(path);
        // Before the upload too: a gigabyte is much to send for a refusal.
        catalog.Read(db => RequireRoom(db, null, path));
        var (digest, size) = await blobs.PutAsync(content, ct);
        await catalog.WriteAsync(
            (db, tx) =>
            {
                RequireRoom(db, tx, path);
                return db.Execute(
                    """
                    INSERT INTO tracking_artifacts (path, digest, size, written_ms) VALUES (@path, @digest, @size, @now)
                    ON CONFLICT (path) DO UPDATE SET digest = excluded.digest, size = excluded.size, written_ms = excluded.written_ms
                    """,
                    new { path = path.ToString(), digest = digest.Hex, size, now = time.GetUtcNow().ToUnixTimeMilliseconds() },
                    tx);
            },
            ct);
        return new ArtifactFile(path, digest, size);
    }

    /// <summary>Null when there is no file of this path.</summary>
    public ArtifactFile? Find(ArtifactPath path) => catalog.Read(db =>
        db.QueryFirstOrDefault<(string Digest, long Size)?>("SELECT digest, size FROM tracking_artifacts WHERE path = @path", new { path = path.ToString() })) is { } row
        ? new ArtifactFile(path, Parse(row.Digest), row.Size)
        : null;

    /// <summary>The names in a folder, in order; none when there is no such folder. Cost: one index seek a name.</summary>
    public IReadOnlyList<ArtifactEntry> List(ArtifactPath folder) => catalog.Read(db =>
    {
        var prefix = folder.Prefix;
        var (from, to) = (prefix, After(prefix));
        var entries = new List<ArtifactEntry>();
        while (db.QueryFirstOrDefault<(string Path, long Size)?>(
            $"SELECT path, size FROM tracking_artifacts WHERE path >= @from {(to is null ? "" : "AND path < @to")} ORDER BY path LIMIT 1", new { from, to }) is { } next)
        {
            var rest = next.Path[prefix.Length..];
            var slash = rest.IndexOf('/');
            entries.Add(slash < 0 ? new ArtifactEntry(rest, next.Size) : new ArtifactEntry(rest[..slash], null));
            // '0' follows '/': everything inside the folder is passed over.
            from = slash < 0 ? next.Path + "\u0001" : prefix + rest[..slash] + "0";
        }

        return entries.OrderBy(e => e.Name, StringComparer.Ordinal).ToList();
    });

    /// <summary>Every file below a folder, in order of its path; the file itself when the path is one.</summary>
    public IReadOnlyList<ArtifactFile> Files(ArtifactPath folder) => catalog.Read(db => db.Query<(string Path, string Digest, long Size)>(
            $"SELECT path, digest, size FROM tracking_artifacts WHERE {Inside(folder)} ORDER BY path", Bounds(folder))
        .Select(r => new ArtifactFile(ArtifactPath.Kept(r.Path), Parse(r.Digest), r.Size)).ToList());

    /// <summary>Removes a file, or everything in a folder. What is not there is gone already.</summary>
    public Task DeleteAsync(ArtifactPath path, CancellationToken ct)
    {
        RequireWritable(path);
        return catalog.WriteAsync((db, tx) => db.Execute($"DELETE FROM tracking_artifacts WHERE {Inside(path)}", Bounds(path), tx), ct);
    }

    /// <summary>Sends a file's content, verified on the way.</summary>
    public Task SendAsync(Digest content, Stream target, CancellationToken ct) => blobs.CopyToAsync(content, target, ct);

    /// <summary>Sends a part of a file's content, after all of it was verified.</summary>
    public Task SendAsync(Digest content, long from, long length, Stream target, CancellationToken ct) => blobs.CopyToAsync(content, from, length, target, ct);

    private static void RequireWritable(ArtifactPath path)
    {
        if (path.IsRoot)
        {
            throw ArtifactProblems.Refused("path", "it is empty");
        }

        if (path.Area == ArtifactUri.SealedArea)
        {
            throw ArtifactProblems.Refused("path", "sealed copies are never written");
        }
    }

    /// <summary>A file is no folder and a folder no file, here as on the disk of whoever downloads both.</summary>
    private static int RequireRoom(IDbConnection db, IDbTransaction? tx, ArtifactPath path)
    {
        var above = path.ToString().Split('/').SkipLast(1).Aggregate((List: new List<string>(), At: ""), (a, name) =>
        {
            var at = a.At.Length == 0 ? name : $"{a.At}/{name}";
            a.List.Add(at);
            return (a.List, at);
        }).List;
        if (above.Count > 0 && db.ExecuteScalar<long>("SELECT COUNT(*) FROM tracking_artifacts WHERE path IN @above", new { above }, tx) > 0)
        {
            throw ArtifactProblems.Refused("path", "a part of it is a file");
        }

        return db.QueryFirstOrDefault<string>("SELECT path FROM tracking_artifacts WHERE path >= @from AND path < @to LIMIT 1", Bounds(path), tx) is null
            ? 0
            : throw ArtifactProblems.Refused("path", "it is a folder");
    }

    private static string Inside(ArtifactPath path) => path.IsRoot ? "1 = 1" : "(path = @self OR (path >= @from AND path < @to))";

    private static object Bounds(ArtifactPath path) => new { self = path.ToString(), from = path.Prefix, to = After(path.Prefix) };

    /// <summary>The first text after all that start with a folder's prefix; null for the root.</summary>
    private static string? After(string prefix) => prefix.Length == 0 ? null : prefix[..^1] + "0";

    private static Digest Parse(string hex) => Digest.TryParse(hex, out var digest) ? digest : throw new InvalidDataException("An artifact in the catalog has something else in place of a digest.");
}

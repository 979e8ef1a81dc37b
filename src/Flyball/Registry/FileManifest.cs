using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Training.Artifacts;

namespace Flyball.Registry;

/// <summary>
/// The sealed list of a version's files: canonical JSON, sorted by path, kept among the blobs under its own digest. Whoever has the digest
/// can check every file.
/// </summary>
internal static class FileManifest
{
    private const int MostFiles = 100_000;

    public static byte[] Write(IEnumerable<SealedFile> files) => CanonicalJson.Write(new JsonObject
    {
        ["format"] = 1,
        ["files"] = new JsonArray([.. files.OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => new JsonObject { ["path"] = f.Path, ["size"] = f.Size, ["sha256"] = f.Sha256.Hex })]),
    });

    /// <exception cref="FlyballException">FLY3334: it is no list of files.</exception>
    public static IReadOnlyList<SealedFile> Read(ReadOnlySpan<byte> content)
    {
        try
        {
            var files = JsonNode.Parse(content)!["files"]!.AsArray();
            return [.. files.Select(f => new SealedFile(
                f!["path"]!.GetValue<string>(),
                f["size"]!.GetValue<long>(),
                Digest.TryParse(f["sha256"]!.GetValue<string>(), out var digest) ? digest : throw new JsonException("Not a digest.")))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new FlyballException(new Problem("FLY3334", "The list of the version's files cannot be read."), e);
        }
    }

    /// <summary>What is wrong with a list before it is sealed.</summary>
    public static IReadOnlyList<Problem> Judge(IReadOnlyList<SealedFile> files)
    {
        if (files.Count > MostFiles)
        {
            return [new Problem("FLY3334", $"A version has at most {MostFiles} files.", new ProblemLocation(Field: "files"))];
        }

        var problems = new List<Problem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < files.Count && problems.Count < 10; i++)
        {
            var field = new ProblemLocation(Field: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"files[{i}]"));
            if (DefectOf(files[i].Path) is { } defect)
            {
                problems.Add(new Problem("FLY3334", $"The path of a file is names with slashes between them: {defect}.", field));
            }
            else if (!seen.Add(files[i].Path))
            {
                problems.Add(new Problem("FLY3334", $"The path {files[i].Path} is there twice.", field));
            }

            if (files[i].Size < 0 || files[i].Sha256.IsNone)
            {
                problems.Add(new Problem("FLY3334", "A file has a size of at least 0 and a SHA-256.", field));
            }
        }

        return problems.Count > 0 ? problems : [.. files.Where(f => LiesIn(seen, f.Path)).Take(1).Select(f => new Problem(
            "FLY3334", $"The path {f.Path} lies in another one of the list: a file is no folder.", new ProblemLocation(Field: "files")))];
    }

    /// <summary>The same form as the paths of artifacts: whoever downloads a version writes them to a disk.</summary>
    private static string? DefectOf(string? path) =>
        string.IsNullOrEmpty(path) ? "it is empty"
        : !ArtifactPath.TryParse(path, out var parsed, out var reason) ? reason
        : parsed.ToString() == path ? null : "it ends with a slash";

    private static bool LiesIn(HashSet<string> paths, string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (paths.Contains(path[..slash]))
            {
                return true;
            }
        }

        return false;
    }
}

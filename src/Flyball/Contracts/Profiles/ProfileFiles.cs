using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Profiles;
using Flyball.Native.Posix;

namespace Flyball.Contracts.Profiles;

/// <summary>
/// The profiles of one source on disk: a file a day, canonical JSON with the position of the log that it covers and the digest of the
/// profile. A file is replaced whole, and not synced: what a crash damages is made again from the log.
/// </summary>
internal sealed class ProfileFiles(string folder, string source)
{
    /// <summary>Name of the rows that have no day of their own.</summary>
    public const string Other = "other";

    private const string Ending = ".json";

    public IEnumerable<long> Days()
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*" + Ending).Order(StringComparer.Ordinal))
        {
            if (ProfileDay.TryParse(Path.GetFileNameWithoutExtension(path), out var day))
            {
                yield return day;
            }
        }
    }

    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>The profile of a day, or of the other days; null when the file is absent, damaged, or of other columns.</summary>
    public DayProfile? Read(string name, IReadOnlyList<ProfiledColumn> columns)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(PathOf(name))) is JsonObject json
                && json["profile"] is JsonObject profile
                && json["covers"] is JsonValue covers && covers.TryGetValue<long>(out var position) && position > 0
                && IsText(json["source"], source) && IsText(json["day"], name)
                && IsText(json["digest"], CanonicalJson.Digest(profile).Hex)
                && TableProfile.Read(profile) is var table && table.Fits(columns))
            {
                return new DayProfile(table, position);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException or ArgumentException or InvalidOperationException)
        {
            // Damaged: the caller makes it again.
        }

        return null;
    }

    /// <exception cref="IOException">The disk refuses.</exception>
    public void Write(string name, JsonObject profile, long covers)
    {
        PosixFile.CreateDirectory(folder);
        var path = PathOf(name);
        var temporary = path + ".tmp";
        File.WriteAllBytes(temporary, CanonicalJson.Write(new JsonObject
        {
            ["source"] = source,
            ["day"] = name,
            ["covers"] = covers,
            ["digest"] = CanonicalJson.Digest(profile).Hex,
            ["profile"] = profile,
        }));
        PosixFile.Rename(temporary, path);
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    private static bool IsText(JsonNode? node, string expected) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && string.Equals(text, expected, StringComparison.Ordinal);

    private string PathOf(string name) => Path.Combine(folder, name + Ending);
}

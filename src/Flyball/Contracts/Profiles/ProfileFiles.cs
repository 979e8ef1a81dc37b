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

    /// <summary>The day's profile, or null when the file is absent, damaged, or of other columns.</summary>
    public DayProfile? Read(long day, IReadOnlyList<ProfiledColumn> columns)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(PathOf(day))) is JsonObject json
                && json["profile"] is JsonObject profile
                && json["covers"] is JsonValue covers && covers.TryGetValue<long>(out var position) && position > 0
                && IsText(json["source"], source) && IsText(json["day"], ProfileDay.Text(day))
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
    public void Write(long day, JsonObject profile, long covers)
    {
        PosixFile.CreateDirectory(folder);
        var path = PathOf(day);
        var temporary = path + ".tmp";
        File.WriteAllBytes(temporary, CanonicalJson.Write(new JsonObject
        {
            ["source"] = source,
            ["day"] = ProfileDay.Text(day),
            ["covers"] = covers,
            ["digest"] = CanonicalJson.Digest(profile).Hex,
            ["profile"] = profile,
        }));
        PosixFile.Rename(temporary, path);
    }

    public void Delete(long day) => File.Delete(PathOf(day));

    private static bool IsText(JsonNode? node, string expected) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && string.Equals(text, expected, StringComparison.Ordinal);

    private string PathOf(long day) => Path.Combine(folder, ProfileDay.Text(day) + Ending);
}

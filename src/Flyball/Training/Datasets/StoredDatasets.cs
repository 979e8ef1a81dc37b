using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;

namespace Flyball.Training.Datasets;

/// <summary>
/// Feature values of training sets by what they follow from, so that a run that was cut off, or another one over the same rows, does not compute them again.
/// <list type="number">
/// <item>The basis is what a run says of its data, its features and its program; the rows of the parts make the key whole.</item>
/// <item>A file that is not what its key and its digest say counts as none and is removed.</item>
/// <item>The server clears the folder between runs: the ones used longest ago go first.</item>
/// </list>
/// </summary>
/// <param name="directory">Holds one file a set.</param>
/// <param name="basis">Of the run that asks.</param>
/// <param name="time">When a set was last used.</param>
internal sealed class StoredDatasets(string directory, string basis, TimeProvider time)
{
    /// <summary>The file of a job folder that names the folder and the basis. It is no part of the job: made again, a run computes everything.</summary>
    public const string NoteName = "datasets.json";

    private const string Extension = ".set";

    /// <summary>Members of a run's identity that its feature values follow from.</summary>
    private static readonly string[] Ingredients = ["tables", "horizon", "as_of", "features", "request_contract", "label_contract", "label", "program"];

    /// <summary>The basis of a run.</summary>
    public static string BasisOf(JsonObject identity) =>
        CanonicalJson.Digest(new JsonObject(Ingredients.Select(name => KeyValuePair.Create(name, identity[name]?.DeepClone())))).Hex;

    /// <summary>Lets the worker of a job use stored sets.</summary>
    public static void Offer(string jobDirectory, string directory, string basis)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(jobDirectory, NoteName), new JsonObject { ["directory"] = directory, ["basis"] = basis }.ToJsonString());
    }

    /// <summary>What a job may use; null when nothing was offered.</summary>
    public static StoredDatasets? Of(string jobDirectory, TimeProvider time)
    {
        var path = Path.Combine(jobDirectory, NoteName);
        return File.Exists(path) && JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject note ? new StoredDatasets((string)note["directory"]!, (string)note["basis"]!, time) : null;
    }

    /// <summary>The key of the values of some rows.</summary>
    /// <param name="shape">Which features are categories.</param>
    /// <param name="rows">Log positions, part by part.</param>
    public Digest KeyOf(RawShape shape, IReadOnlyList<long[]> rows) => CanonicalJson.Digest(new JsonObject
    {
        ["basis"] = basis,
        ["categories"] = new JsonArray([.. shape.Vocabularies.Select((v, c) => (v, c)).Where(c => c.v is not null).Select(c => JsonValue.Create(c.c))]),
        ["rows"] = new JsonArray([.. rows.Select(r => JsonValue.Create(Digest.Of(MemoryMarshal.AsBytes(r.AsSpan())).Hex))]),
    });

    /// <summary>The values that are stored under a key; null when there are none, or they are damaged.</summary>
    public (IReadOnlyList<float[]> Parts, Digest Digest)? Read(Digest key, RawShape shape, IReadOnlyList<long> sizes)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var found = DatasetFile.Read(path, key, shape, sizes);
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return found;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            File.Delete(path);
            return null;
        }
    }

    /// <summary>Stores values; null when there is no room for them, which no run fails for.</summary>
    public Digest? Write(Digest key, RawShape shape, IReadOnlyList<float[]> parts)
    {
        try
        {
            var written = DatasetFile.Write(PathOf(key), key, shape, parts);
            File.SetLastWriteTimeUtc(PathOf(key), time.GetUtcNow().UtcDateTime);
            return written;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Removes what a broken write left, and then the sets used longest ago until the others fit. Called while no run uses any.</summary>
    public static void Clear(string directory, long bytes)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        var left = bytes;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal).ToList())
        {
            left -= file.Length;
            if (left < 0 || file.Extension != Extension)
            {
                left += file.Length;
                file.Delete();
            }
        }
    }

    private string PathOf(Digest key) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{key.Hex}{Extension}"));
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Native.Posix;

namespace Flyball.Training.Pipeline;

/// <summary>
/// The outputs of one step in a folder of their own.
/// <list type="number">
/// <item>Files are written and synced first; <c>step.json</c>, which names them with their digests and the step's key, comes last and by rename.</item>
/// <item>A folder without it, with another key, or whose files are not what it says, counts as empty: the step is made again.</item>
/// </list>
/// </summary>
internal sealed class StepFiles(string directory)
{
    private const string NoteName = "step.json";

    private readonly SortedSet<string> written = new(StringComparer.Ordinal);

    /// <summary>Whether the outputs of this key are here, whole. Cost: hashes them.</summary>
    public bool Holds(Digest key)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(Path.Combine(directory, NoteName))) is not JsonObject note || (string?)note["key"] != key.Hex)
            {
                return false;
            }

            Outputs = (JsonObject)note["outputs"]!.DeepClone();
            return Outputs.All(o => DigestOf(o.Key) == (string?)o.Value);
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException or NullReferenceException)
        {
            return false;
        }
    }

    /// <summary>Digests by name, after <see cref="Holds"/> or <see cref="Commit"/>.</summary>
    public JsonObject Outputs { get; private set; } = [];

    public byte[] Read(string name) => File.ReadAllBytes(Path.Combine(directory, name));

    public FileStream Open(string name) => File.OpenRead(Path.Combine(directory, name));

    /// <summary>Removes what an attempt left, so that nothing of it is taken for an output.</summary>
    public void Clear()
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
    }

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        using var file = Create(name);
        file.Write(bytes);
    }

    /// <summary>A file to fill; it is an output from now on.</summary>
    public FileStream Create(string name)
    {
        written.Add(name);
        return new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.None);
    }

    /// <summary>Makes the files durable, and then the note that says they are whole.</summary>
    public void Commit(Digest key)
    {
        var outputs = new JsonObject();
        foreach (var name in written)
        {
            using (var file = new FileStream(Path.Combine(directory, name), FileMode.Open, FileAccess.ReadWrite))
            {
                PosixFile.Sync(file.SafeFileHandle);
            }

            outputs[name] = DigestOf(name);
        }

        Outputs = outputs;
        var note = new JsonObject { ["key"] = key.Hex, ["outputs"] = outputs.DeepClone() };
        PosixFile.ReplaceFile(Path.Combine(directory, NoteName), CanonicalJson.Write(note));
    }

    private string DigestOf(string name)
    {
        using var file = Open(name);
        return Digest.Of(file).Hex;
    }
}

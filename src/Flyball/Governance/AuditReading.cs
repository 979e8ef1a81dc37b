using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Storage.Audit;
using Flyball.Storage.DataDirectories;

namespace Flyball.Governance;

/// <summary>The audit log as answers show it: entries, proofs, and the files that outside tools check by themselves.</summary>
internal sealed class AuditReading(AuditLog log, DataDirectory directory)
{
    /// <summary>Signed entries from an index on.</summary>
    public JsonObject Entries(long from, int count) => new()
    {
        ["size"] = log.Size,
        ["entries"] = new JsonArray([.. log.Read(from, count).Select(line => (JsonNode)line.ToJson())]),
    };

    /// <summary>Checks everything: entries, tree, signature. Cost: reads the whole log.</summary>
    public JsonObject Verify()
    {
        var found = log.Verify();
        var document = new JsonObject { ["entries"] = found.Size, ["verified"] = found.IsGood };
        if (found.Difference is { } difference)
        {
            document["difference"] = difference;
        }

        return document;
    }

    /// <summary>The signed note over the log's size and root.</summary>
    public string Checkpoint() => log.Checkpoint.Note;

    /// <summary>The bytes of a tile; null when the log has none there.</summary>
    public byte[]? Tile(TilePath tile)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(directory.Audit, tile.File));
        }
        catch (IOException absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>An entry with its path to the root of the present checkpoint; null when there is no such entry. Hashes are base64, nearest first.</summary>
    public JsonObject? Proof(long index)
    {
        var checkpoint = log.Checkpoint;
        if (index < 0 || index >= checkpoint.Size)
        {
            return null;
        }

        var line = log.Read(index, 1).Single();
        return new JsonObject
        {
            ["index"] = index,
            ["size"] = checkpoint.Size,
            ["entry"] = Encoding.UTF8.GetString(line.Bytes.Span),
            ["leaf"] = Convert.ToBase64String(SHA256.HashData([0, .. line.Bytes.Span])),
            ["hashes"] = new JsonArray([.. log.InclusionProof(index, checkpoint.Size).Select(h => (JsonNode)Convert.ToBase64String(h.ToBytes()))]),
            ["checkpoint"] = checkpoint.Note,
        };
    }

    public static Problem Unknown(string what) => new("FLY4004", $"The audit log has no such {what}.", Remedy: "GET /v1/audit/checkpoint says how many entries it has.");
}

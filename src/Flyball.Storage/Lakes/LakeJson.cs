using System.Text.Json;
using System.Text.Json.Nodes;

using Flyball.Engine.Identity;
using Flyball.Engine.Problems;

namespace Flyball.Storage.Lakes;

/// <summary>The JSON forms of columns and files, read with every name and number checked.</summary>
internal static class LakeJson
{
    public static JsonArray Write(IEnumerable<LakeColumn> columns) =>
        [.. columns.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["type"] = Lower(c.Type) })];

    public static JsonArray Write(IEnumerable<LakeFile> files) =>
        [.. files.Select(f => (JsonNode)new JsonObject
        {
            ["name"] = f.Name,
            ["sha256"] = f.Sha256.Hex,
            ["rows"] = f.Rows,
            ["bytes"] = f.Bytes,
            ["first_seq"] = f.FirstSeq,
            ["last_seq"] = f.LastSeq,
        })];

    public static IReadOnlyList<LakeColumn> ReadColumns(JsonNode node)
    {
        var columns = node.AsArray().Select(c => new LakeColumn((string)c!["name"]!, TypeOf((string)c["type"]!))).ToArray();
        LakeNames.Check(columns);
        return columns;
    }

    public static IReadOnlyList<LakeFile> ReadFiles(JsonNode node)
    {
        var files = new List<LakeFile>();
        foreach (var item in node.AsArray())
        {
            var file = new LakeFile(
                LakeNames.File((string)item!["name"]!),
                Digest.TryParse((string)item["sha256"]!, out var digest) ? digest : throw new FormatException("A digest is not one."),
                (long)item["rows"]!,
                (long)item["bytes"]!,
                (long)item["first_seq"]!,
                (long)item["last_seq"]!);
            if (file.Rows < 1 || file.LastSeq < file.FirstSeq || (files.Count > 0 && file.FirstSeq <= files[^1].LastSeq))
            {
                throw new FormatException($"The rows of {file.Name} are out of order.");
            }

            files.Add(file);
        }

        return files;
    }

    /// <summary>Runs <paramref name="read"/> on the parsed document and turns whatever is wrong with it into one problem.</summary>
    public static T Read<T>(ReadOnlySpan<byte> json, string what, Func<JsonObject, T> read)
    {
        try
        {
            return read(JsonNode.Parse(json)!.AsObject());
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException or NullReferenceException or OverflowException)
        {
            throw new FlyballException(LakeProblems.Unreadable(what, e.Message), e);
        }
    }

    private static string Lower(LakeType type) => type switch
    {
        LakeType.Boolean => "boolean",
        LakeType.Integer => "integer",
        LakeType.Number => "number",
        LakeType.Text => "text",
        _ => "timestamp",
    };

    private static LakeType TypeOf(string name) => name switch
    {
        "boolean" => LakeType.Boolean,
        "integer" => LakeType.Integer,
        "number" => LakeType.Number,
        "text" => LakeType.Text,
        "timestamp" => LakeType.Timestamp,
        _ => throw new FormatException($"There is no column type {name}."),
    };
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;

using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Storage.Lakes;

/// <summary>What a table's <c>manifest.json</c> says: its files, and which columns it had from which row on. Immutable.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Horizon">How far the table is written.</param>
/// <param name="Schemas">Columns with the horizon before which they were not in force, oldest first.</param>
/// <param name="Files">In order of their sequence numbers.</param>
internal sealed record LakeHistory(
    string Table,
    Horizon Horizon,
    ImmutableArray<(Horizon After, IReadOnlyList<LakeColumn> Columns)> Schemas,
    ImmutableArray<LakeFile> Files)
{
    private const int Format = 1;

    public static LakeHistory Empty(string table) => new(table, new Horizon(0), [], []);

    public static LakeHistory Parse(ReadOnlySpan<byte> json, string path) => LakeJson.Read(json, path, node =>
        (int)node["format"]! == Format
            ? new LakeHistory(
                LakeNames.Table((string)node["table"]!),
                new Horizon((long)node["horizon"]!),
                [.. node["schemas"]!.AsArray().Select(s => (new Horizon((long)s!["after"]!), LakeJson.ReadColumns(s["columns"]!)))],
                [.. LakeJson.ReadFiles(node["files"]!)])
            : throw new FormatException($"Its format is not {Format}."));

    public byte[] ToJson() => CanonicalJson.Write(new JsonObject
    {
        ["format"] = Format,
        ["table"] = Table,
        ["horizon"] = Horizon.Seq,
        ["schemas"] = new JsonArray([.. Schemas.Select(s => (JsonNode)new JsonObject { ["after"] = s.After.Seq, ["columns"] = LakeJson.Write(s.Columns) })]),
        ["files"] = LakeJson.Write(Files),
    });

    /// <summary>The snapshot at a horizon. Extending the table later never changes it.</summary>
    public LakeManifest At(Horizon upTo)
    {
        if (upTo == Horizon.Unbounded)
        {
            upTo = Horizon;
        }

        if (upTo > Horizon)
        {
            throw new FlyballException(LakeProblems.NotReached(Table, upTo, Horizon));
        }

        var columns = Schemas.LastOrDefault(s => s.After < upTo).Columns ?? [];
        return new(Table, upTo, columns, [.. Files.Where(f => f.FirstSeq <= upTo.Seq)]);
    }

    /// <summary>The history after an extension that the caller has made durable.</summary>
    public LakeHistory With(IReadOnlyList<LakeColumn> columns, Horizon upTo, IEnumerable<LakeFile> files) => this with
    {
        Horizon = upTo,
        Schemas = Schemas is [.., var last] && last.Columns.SequenceEqual(columns) ? Schemas : Schemas.Add((Horizon, [.. columns])),
        Files = Files.AddRange(files),
    };

    public void CheckColumns(IReadOnlyList<LakeColumn> columns)
    {
        LakeNames.Check(columns);
        foreach (var column in columns)
        {
            var before = Schemas.SelectMany(s => s.Columns)
                .FirstOrDefault(c => c.StoredName.Equals(column.StoredName, StringComparison.OrdinalIgnoreCase));
            if (before is not null && before.Type != column.Type)
            {
                throw new FlyballException(LakeProblems.TypeChanged(Table, column, before.Type));
            }
        }
    }
}

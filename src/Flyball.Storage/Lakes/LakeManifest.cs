using System.Text.Json.Nodes;

using Flyball.Engine.Identity;
using Flyball.Engine.Time;

namespace Flyball.Storage.Lakes;

/// <summary>
/// A snapshot of a table: the rows of its files up to a horizon. It stays true for ever, so a training run is named by its digest,
/// and it can be copied with its files.
/// </summary>
/// <param name="Table">The table's name.</param>
/// <param name="Horizon">Rows with a later sequence number are not part of it, also when a file has them.</param>
/// <param name="Columns">The source's columns at that horizon, in its order.</param>
/// <param name="Files">In order of their sequence numbers.</param>
public sealed record LakeManifest(string Table, Horizon Horizon, IReadOnlyList<LakeColumn> Columns, IReadOnlyList<LakeFile> Files)
{
    /// <summary>SHA-256 of <see cref="ToJson"/>. Cost: linear in the number of files.</summary>
    public Digest Digest => Digest.Of(ToJson());

    /// <summary>Canonical JSON: equal manifests give equal bytes.</summary>
    public byte[] ToJson() => CanonicalJson.Write(new JsonObject
    {
        ["table"] = Table,
        ["horizon"] = Horizon.Seq,
        ["columns"] = LakeJson.Write(Columns),
        ["files"] = LakeJson.Write(Files),
    });

    /// <summary>Reads what <see cref="ToJson"/> wrote. Names in it are checked: none of them is a path.</summary>
    /// <exception cref="Engine.Problems.FlyballException">It is not a manifest.</exception>
    public static LakeManifest Parse(ReadOnlySpan<byte> json) => LakeJson.Read(json, "the manifest", node => new LakeManifest(
        LakeNames.Table((string)node["table"]!),
        new Horizon((long)node["horizon"]!),
        LakeJson.ReadColumns(node["columns"]!),
        LakeJson.ReadFiles(node["files"]!)));

    /// <summary>Records compare lists by reference; a manifest is its content.</summary>
    public bool Equals(LakeManifest? other) => other is not null && ToJson().AsSpan().SequenceEqual(other.ToJson());

    public override int GetHashCode() => HashCode.Combine(Table, Horizon, Files.Count);
}

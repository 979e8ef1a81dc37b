using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;

namespace Flyball.Contracts.Quality;

/// <summary>
/// What a source looked like when its reference was frozen: the yardstick of its batches. Immutable, named by the digest of its canonical
/// JSON, and free of rows.
/// </summary>
public sealed record SourceReference
{
    /// <summary>Fewest rows that make a reference.</summary>
    public const int FewestRows = 1_000;

    /// <summary>Rows that a reference takes at most: more say nothing more, and cost the import that freezes it.</summary>
    public const int MostRows = 300_000;

    public required string Source { get; init; }

    /// <summary>Digest of the contract in force then, in hexadecimal.</summary>
    public required string Contract { get; init; }

    /// <summary>The reference saw the source's rows up to this position of the log.</summary>
    public required long Horizon { get; init; }

    /// <summary>Rows of the source then.</summary>
    public required long AllRows { get; init; }

    /// <summary>Rows that were measured: all, or every second, fourth, … of a long history.</summary>
    public required long Rows { get; init; }

    public required IReadOnlyList<ColumnReference> Columns { get; init; }

    /// <summary>Null when the history is too short for it.</summary>
    public VolumeReference? Volume { get; init; }

    /// <summary>Null for a source without event time, and in references that were frozen before it was measured.</summary>
    public EventTimeReference? Times { get; init; }

    /// <summary>How late rows came; null when they came on too few days.</summary>
    public FreshnessReference? Freshness { get; init; }

    /// <summary>Share of rows that repeat an earlier row of the same piece; null for a source with a key, which has none.</summary>
    public EffectScale? Repeats { get; init; }

    /// <summary>Repeated rows of the whole reference.</summary>
    public long Repeated { get; init; }

    /// <summary>Names the reference.</summary>
    public Digest Digest() => Engine.Identity.Digest.Of(ToJson());

    /// <summary>Canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(this);

    /// <exception cref="JsonException">The bytes are no reference.</exception>
    public static SourceReference FromJson(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<SourceReference>(json) ?? throw new JsonException("A reference is an object.");

    /// <summary>What people look at: sizes and shares, without bins.</summary>
    public JsonObject Describe() => new()
    {
        ["source"] = Source,
        ["digest"] = Digest().Hex,
        ["contract"] = Contract,
        ["horizon"] = Horizon,
        ["rows"] = AllRows,
        ["measured"] = Rows,
        ["columns"] = new JsonArray([.. Columns.Select(c => (JsonNode)new JsonObject
        {
            ["name"] = c.Name,
            ["compared"] = c.Edges.Count > 0 ? "bins" : c.IsCompared ? "categories" : c.Shape is not null ? "text" : "nulls",
            ["null_share"] = (double)c.Nulls / Rows,
            ["cells"] = c.Cells.Count,
        })]),
        ["rows_per_bucket"] = Volume is null ? null : Math.Exp(Volume.Mean),
        ["days_of_arrival"] = Freshness?.Gaps.Count,
        ["bucket_seconds"] = Volume is null ? null : Volume.BucketMicros / 1_000_000,
    };
}

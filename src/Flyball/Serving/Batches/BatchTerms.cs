using System.Text;
using Flyball.Contracts.Rows;
using Flyball.Engine.Time;

namespace Flyball.Serving.Batches;

/// <summary>A file to score, and how.</summary>
public sealed record BatchTerms
{
    /// <summary>Stands for every column of the contract among <see cref="Columns"/>.</summary>
    public const string All = "all";

    /// <summary>The file of requests: CSV, TSV or NDJSON, plain or <c>.gz</c>, or Parquet.</summary>
    public required string Input { get; init; }

    /// <summary>Where the scores go: <c>.parquet</c> or <c>.csv</c>. Replaced only when all of them are there.</summary>
    public required string Output { get; init; }

    /// <summary>Columns of the contract that are carried along; empty for the key's, <see cref="All"/> for every one.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Rows that go through the model at once. Part of what decides where a checkpoint stands.</summary>
    public int BatchRows { get; init; } = 4_096;

    /// <summary>Batches between two checkpoints.</summary>
    public int BatchesPerPart { get; init; } = 64;

    /// <summary>Whether one bad row refuses the file.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether a scoring that was interrupted goes on behind its last checkpoint.</summary>
    public bool Resumes { get; init; }

    /// <summary>
    /// The instant of requests that state none: where their contract has no event time, or the file has no such column. Null for the instant at which the scoring
    /// began, which the result states.
    /// </summary>
    public EventTime? At { get; init; }

    /// <summary>The last position of the log that features may see; null for where the log stands, which the result states.</summary>
    public long? Horizon { get; init; }

    /// <summary>Whether it is taken for the truth that no request finds a known event.</summary>
    public bool AllowsEmpty { get; init; }

    /// <summary>Whether looked up features are not asked for, and have the values that the model's file declares under <c>serve: features: defaults</c>.</summary>
    public bool UsesDefaultFeatures { get; init; }

    /// <summary>Rows that go to a model on another server in one request.</summary>
    public int RemoteRows { get; init; } = 64;

    /// <summary>Reads an instant as RFC 3339 writes it, with an offset.</summary>
    public static bool TryReadInstant(string text, out EventTime at)
    {
        var isRead = Rfc3339.TryRead(Encoding.UTF8.GetBytes(text ?? ""), out var micros);
        at = new EventTime(micros);
        return isRead;
    }

    internal long PartRows => (long)BatchRows * BatchesPerPart;
}

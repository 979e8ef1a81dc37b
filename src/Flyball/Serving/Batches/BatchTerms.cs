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

    internal long PartRows => (long)BatchRows * BatchesPerPart;
}

namespace Flyball.Training.History;

/// <summary>What a child process found, beside the file it wrote.</summary>
public sealed record HistoryResult
{
    /// <summary>Of the file.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>In the file.</summary>
    public required long Rows { get; init; }

    /// <summary>In the file, in their order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Of the whole spine.</summary>
    public required long SpineRows { get; init; }

    /// <summary>The horizon's time, for the requests of a model.</summary>
    public long? AsOfMicros { get; init; }

    /// <summary>What the spine's rows found, by source and key.</summary>
    public required IReadOnlyList<HistoryFound> Found { get; init; }

    /// <summary>Events read.</summary>
    public required long Events { get; init; }

    /// <summary>Bytes of rows that went through files.</summary>
    public required long SpilledBytes { get; init; }

    public required double CpuSeconds { get; init; }

    public required long PeakMemoryBytes { get; init; }
}

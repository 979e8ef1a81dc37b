namespace Flyball.Features.History;

/// <summary>What one run may use of the machine. None of it changes a byte of the result.</summary>
public sealed record HistoryOptions
{
    /// <summary>Threads.</summary>
    public int Parallelism { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Bytes of rows in memory; the rest goes to files of the run's folder.</summary>
    public long HeldBytes { get; init; } = 512L << 20;

    /// <summary>Memory of the table of the spine and its values.</summary>
    public long TableMemoryBytes { get; init; } = 384L << 20;

    /// <summary>About how many bytes of events one part has: few enough for a processor's own cache, as its rows are looked at in the order of their keys.</summary>
    public long PartBytes { get; init; } = 1L << 20;

    /// <summary>Rows of the spine that are put back into order together, at least. A third of a row group, so that threads can share the work.</summary>
    public int RangeRows { get; init; } = 40_960;
}

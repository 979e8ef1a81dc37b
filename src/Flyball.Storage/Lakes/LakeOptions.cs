namespace Flyball.Storage.Lakes;

/// <summary>How a lake writes.</summary>
public sealed record LakeOptions
{
    /// <summary>Rows of one file at most. More make fewer files and need more memory while one is written.</summary>
    public int RowsPerFile { get; init; } = 500_000;

    /// <summary>Bytes of text after which a file is full. Parquet is written a group of rows at a time, which must fit into memory.</summary>
    public long TextBytesPerFile { get; init; } = 128L << 20;

    /// <summary>Memory that writing one file may use, in bytes; what does not fit spills to the table's folder.</summary>
    public long MemoryLimitBytes { get; init; } = 1L << 30;
}

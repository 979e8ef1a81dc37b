namespace Flyball.Native.DuckDb;

/// <summary>How a database is opened. Extensions are never installed or loaded by themselves, times with a zone are written in UTC, and the configuration is locked afterwards.</summary>
public sealed record DuckDbOptions
{
    /// <summary>Threads a query may use; 1 makes a query's row order and files reproducible.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Most memory to use, in bytes; null leaves DuckDB's default, 80 % of the machine's.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Where a query larger than memory spills; null leaves DuckDB's default.</summary>
    public string? TemporaryDirectory { get; init; }

    /// <summary>When not null, the only folders whose files SQL may read or write; nothing outside the database then.</summary>
    public IReadOnlyList<string>? OnlyDirectories { get; init; }
}

using Flyball.Native.DuckDb;

namespace Flyball.Contracts.Ingestion;

/// <summary>Where the reader of a Parquet file stands.</summary>
internal sealed class ParquetPlace
{
    /// <summary>The rows at hand; null before the first, and behind the last.</summary>
    public DuckDbChunk? Chunk { get; set; }

    /// <summary>The row in it.</summary>
    public int Row { get; set; }
}

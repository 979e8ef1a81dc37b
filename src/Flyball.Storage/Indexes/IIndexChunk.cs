namespace Flyball.Storage.Indexes;

/// <summary>A stretch of the log that is indexed: in memory while it grows, in a file when it is full.</summary>
internal interface IIndexChunk
{
    long First { get; }

    /// <summary>In the order of the log.</summary>
    IReadOnlyList<IndexSpan> Spans { get; }

    /// <summary>Adds the positions of records with this key, rising; false when the chunk is damaged and has to be made again.</summary>
    bool TryFind(ulong key, List<long> positions);
}

using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Flyball.Storage.Snapshots;

namespace Flyball.Storage.Indexes;

/// <summary>
/// Finds records of a journal by a key and by time without reading the journal.
/// <list type="number">
/// <item>The log is cut into chunks of equally many positions. The last one grows in memory: a key a position.</item>
/// <item>A full chunk becomes a file: its keys in order with their positions, in pages that are checked when they are read.</item>
/// <item>Of every group and 4096 positions the first and last position and the earliest and latest time stay in memory.</item>
/// </list>
/// Made from the journal alone: what is missing, damaged or of another log is made again. Thread-safe; one call at a time.
/// </summary>
/// <remarks>Memory: half a megabyte for the chunk that grows and some 60 bytes a group and 4096 records. Disk: 12 bytes a record.
/// A lookup reads one or two pages a chunk: under a millisecond for ten million records in the cache of the system.</remarks>
public sealed class RecordIndex
{
    private const int ChunkRecords = 1 << 16;
    private const int BlockRecords = 1 << 12;

    private readonly Lock gate = new();
    private readonly string directory;
    private readonly Journal journal;
    private readonly Func<JournalRecord, IndexedRecord?> describe;
    private readonly (int Chunk, int Block) sizes;
    private readonly List<IIndexChunk> chunks = [];
    private GrowingChunk growing;
    private long read;

    /// <param name="directory">Where its files are; created when something is written.</param>
    /// <param name="journal">The log.</param>
    /// <param name="describe">What to keep of a record; null for nothing. The same for the same record, always.</param>
    public RecordIndex(string directory, Journal journal, Func<JournalRecord, IndexedRecord?> describe)
        : this(directory, journal, describe, (ChunkRecords, BlockRecords))
    {
    }

    internal RecordIndex(string directory, Journal journal, Func<JournalRecord, IndexedRecord?> describe, (int Chunk, int Block) sizes)
    {
        (this.directory, this.journal, this.describe, this.sizes) = (directory, journal, describe, sizes);
        growing = new GrowingChunk(1, sizes.Chunk, sizes.Block);
    }

    /// <summary>How far the log is indexed.</summary>
    public Horizon Position => new(Volatile.Read(ref read));

    /// <summary>Brings it up to the durable end of the log. Cost: reads what is new, about a microsecond a record; of what has files, those alone.</summary>
    public void CatchUp(CancellationToken cancellation)
    {
        lock (gate)
        {
            TakeNew(cancellation);
        }
    }

    /// <summary>Positions of records that may have this key, rising: whoever asks compares what stands there. Sees what is durable now.</summary>
    public IReadOnlyList<long> Find(ulong key, CancellationToken cancellation)
    {
        lock (gate)
        {
            TakeNew(cancellation);
            var positions = new List<long>();
            for (var i = 0; i < chunks.Count; i++)
            {
                var before = positions.Count;
                if (!chunks[i].TryFind(key, positions))
                {
                    positions.RemoveRange(before, positions.Count - before);
                    chunks[i] = Make(chunks[i].First, cancellation);
                    _ = chunks[i].TryFind(key, positions);
                }
            }

            _ = growing.TryFind(key, positions);
            return positions;
        }
    }

    /// <summary>Stretches of the log in which records of a group lie whose time is at least <paramref name="from"/> and below <paramref name="to"/>, rising.
    /// Records of other groups and times lie there too. Sees what is durable now.</summary>
    public IReadOnlyList<IndexSpan> Spans(string group, long from, long to, CancellationToken cancellation)
    {
        lock (gate)
        {
            TakeNew(cancellation);
            return [.. chunks.Append(growing).SelectMany(c => c.Spans).Where(s => s.Latest >= from && s.Earliest < to && string.Equals(s.Group, group, StringComparison.Ordinal))];
        }
    }

    private void TakeNew(CancellationToken cancellation)
    {
        for (var durable = journal.Durable.Seq; read < durable;)
        {
            if (growing.IsEmpty && growing.Last <= durable && Known(growing.First) is { } known)
            {
                chunks.Add(known);
                Grow(growing.Last);
                continue;
            }

            foreach (var record in journal.Read(new Horizon(read), new Horizon(Math.Min(durable, growing.Last))))
            {
                cancellation.ThrowIfCancellationRequested();
                growing.Add(record.Seq, describe(record));
                Volatile.Write(ref read, record.Seq);
            }

            if (read == growing.Last)
            {
                chunks.Add(Seal(growing));
                Grow(read);
            }
        }
    }

    private void Grow(long last)
    {
        Volatile.Write(ref read, last);
        growing = new GrowingChunk(last + 1, sizes.Chunk, sizes.Block);
    }

    private SealedChunk? Known(long first) =>
        SealedChunk.TryOpen(ChunkFile.PathOf(directory, first), first, sizes.Chunk, MarkOf(first));

    private ulong MarkOf(long first) => JournalMark.Of(journal, new Horizon(first + sizes.Chunk - 1)) ?? 0;

    private IIndexChunk Make(long first, CancellationToken cancellation)
    {
        var made = new GrowingChunk(first, sizes.Chunk, sizes.Block);
        foreach (var record in journal.Read(new Horizon(first - 1), new Horizon(made.Last)))
        {
            cancellation.ThrowIfCancellationRequested();
            made.Add(record.Seq, describe(record));
        }

        return Seal(made);
    }

    /// <summary>The chunk's file; where the disk has no place for it, the chunk as it is.</summary>
    private IIndexChunk Seal(GrowingChunk full)
    {
        try
        {
            Directory.CreateDirectory(directory);
            ChunkFile.Write(ChunkFile.PathOf(directory, full.First), full, sizes.Chunk, MarkOf(full.First));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // It can be made again from the log: what is lost is memory, until the next start.
            return full;
        }

        return Known(full.First) ?? (IIndexChunk)full;
    }
}

using System.Buffers.Binary;
using Flyball.Storage.Journals;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Indexes;

/// <summary>
/// A chunk in its file. Keys are spread evenly, so that a key's place tells its page to within one or two; each page that is read is checked.
/// </summary>
internal sealed class SealedChunk : IIndexChunk
{
    private readonly string path;
    private readonly int entries;
    private readonly long pagesStart;

    private SealedChunk(string path, long first, int entries, long pagesStart, IReadOnlyList<IndexSpan> spans)
    {
        (this.path, First, this.entries, this.pagesStart, Spans) = (path, first, entries, pagesStart, spans);
    }

    public long First { get; }

    public IReadOnlyList<IndexSpan> Spans { get; }

    /// <summary>Opens the file of a chunk; null when there is none, when it is damaged, or when it is of another log.</summary>
    /// <param name="positions">How many positions it has to cover.</param>
    /// <param name="mark">Names the last record of the chunk in this log.</param>
    internal static SealedChunk? TryOpen(string path, long first, int positions, ulong mark)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var head = new byte[ChunkFile.HeadBytes];
            if (RandomAccess.Read(file, head, 0) != head.Length || !head.AsSpan().StartsWith(ChunkFile.Magic)
                || BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(60)) != Crc32C.Of(head.AsSpan(0, 60))
                || BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != ChunkFile.Version
                || BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(16)) != first
                || BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(24)) != positions
                || BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(40)) != mark)
            {
                return null;
            }

            var entries = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12));
            var spanBytes = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(28));
            var start = ChunkFile.PagesStart(spanBytes);
            if (RandomAccess.GetLength(file) != start + ((long)ChunkFile.PagesOf(entries) * ChunkFile.PageBytes))
            {
                return null;
            }

            var spans = new byte[spanBytes];
            return RandomAccess.Read(file, spans, ChunkFile.HeadBytes) == spanBytes
                && Crc32C.Of(spans) == BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(32))
                && ChunkFile.ReadSpans(spans) is { } read
                ? new SealedChunk(path, first, entries, start, read)
                : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool TryFind(ulong key, List<long> positions)
    {
        if (entries == 0)
        {
            return true;
        }

        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            return TryFind(file, GrowingChunk.KeyOf(key), positions);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool TryFind(SafeFileHandle file, ulong key, List<long> positions)
    {
        var pages = ChunkFile.PagesOf(entries);
        var page = Math.Min(pages - 1, (int)(((UInt128)key * (ulong)pages) >> 64));
        Span<byte> bytes = stackalloc byte[ChunkFile.PageBytes];
        if (!TryRead(file, page, bytes))
        {
            return false;
        }

        // Back to where equal keys begin, then on to their end.
        while (page > 0 && KeyAt(bytes, 0) >= key)
        {
            page--;
            if (!TryRead(file, page, bytes))
            {
                return false;
            }
        }

        while (true)
        {
            var count = Math.Min(ChunkFile.EntriesAPage, entries - (page * ChunkFile.EntriesAPage));
            for (var i = Below(bytes, count, key); i < count && KeyAt(bytes, i) == key; i++)
            {
                positions.Add(First + BinaryPrimitives.ReadInt32LittleEndian(bytes[((i * ChunkFile.EntryBytes) + 8)..]));
            }

            if (KeyAt(bytes, count - 1) > key || ++page >= pages)
            {
                return true;
            }

            if (!TryRead(file, page, bytes))
            {
                return false;
            }
        }
    }

    /// <summary>How many of a page's keys are below one.</summary>
    private static int Below(ReadOnlySpan<byte> page, int count, ulong key)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = KeyAt(page, middle) < key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static ulong KeyAt(ReadOnlySpan<byte> page, int entry) => BinaryPrimitives.ReadUInt64LittleEndian(page[(entry * ChunkFile.EntryBytes)..]);

    private bool TryRead(SafeFileHandle file, int page, Span<byte> bytes) =>
        RandomAccess.Read(file, bytes, pagesStart + ((long)page * ChunkFile.PageBytes)) == bytes.Length
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) == Crc32C.Of(bytes[..^4]);
}

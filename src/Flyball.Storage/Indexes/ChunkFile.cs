using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Flyball.Storage.Journals;

namespace Flyball.Storage.Indexes;

/// <summary>
/// The bytes of a full chunk. Little-endian: a head of 64 bytes, the spans, then from the next whole page on pages of 4096 bytes, each 341 entries of a
/// key (64 bits) and an offset (32 bits) in rising order and a checksum, so that a lookup reads and checks one page or two.
/// </summary>
/// <remarks>Head: 0 magic | 8 version | 12 entries | 16 first position | 24 positions | 28 bytes of the spans | 32 their checksum | 40 mark of the last record | 60 checksum.</remarks>
internal static class ChunkFile
{
    internal const int HeadBytes = 64;
    internal const int PageBytes = 4096;
    internal const int EntryBytes = 12;
    internal const int EntriesAPage = (PageBytes - 4) / EntryBytes;
    internal const uint Version = 1;

    internal static ReadOnlySpan<byte> Magic => "FLYBALLX"u8;

    internal static string PathOf(string directory, long first) =>
        Path.Combine(directory, first.ToString("D19", CultureInfo.InvariantCulture) + ".index");

    internal static int PagesOf(int entries) => (entries + EntriesAPage - 1) / EntriesAPage;

    internal static long PagesStart(int spanBytes) => (HeadBytes + (long)spanBytes + PageBytes - 1) / PageBytes * PageBytes;

    /// <summary>Writes a chunk beside its place and puts it there. Not synced: what a power cut leaves fails its checksums and is made again.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal static void Write(string path, GrowingChunk chunk, int positions, ulong mark)
    {
        var (keys, offsets) = chunk.Sorted();
        var spans = SpanBytes(chunk.Spans);
        var bytes = new byte[PagesStart(spans.Length) + ((long)PagesOf(keys.Length) * PageBytes)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), keys.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), chunk.First);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), positions);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), spans.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), Crc32C.Of(spans));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), mark);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Of(bytes.AsSpan(0, 60)));
        spans.CopyTo(bytes.AsSpan(HeadBytes));
        for (var i = 0; i < keys.Length; i++)
        {
            var entry = bytes.AsSpan((int)PagesStart(spans.Length) + (i / EntriesAPage * PageBytes) + (i % EntriesAPage * EntryBytes));
            BinaryPrimitives.WriteUInt64LittleEndian(entry, keys[i]);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], offsets[i]);
        }

        for (var page = (int)PagesStart(spans.Length); page < bytes.Length; page += PageBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(page + PageBytes - 4), Crc32C.Of(bytes.AsSpan(page, PageBytes - 4)));
        }

        File.WriteAllBytes(path + ".tmp", bytes);
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Each span: length and UTF-8 of the group, first and last position, earliest and latest time.</summary>
    internal static byte[] SpanBytes(IReadOnlyList<IndexSpan> spans)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var span in spans)
        {
            var group = Encoding.UTF8.GetBytes(span.Group);
            var room = bytes.GetSpan(4 + group.Length + 32);
            BinaryPrimitives.WriteInt32LittleEndian(room, group.Length);
            group.CopyTo(room[4..]);
            var numbers = room[(4 + group.Length)..];
            BinaryPrimitives.WriteInt64LittleEndian(numbers, span.First);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], span.Last);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[16..], span.Earliest);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[24..], span.Latest);
            bytes.Advance(4 + group.Length + 32);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>What <see cref="SpanBytes"/> wrote; null when the bytes are something else.</summary>
    internal static List<IndexSpan>? ReadSpans(ReadOnlySpan<byte> bytes)
    {
        var spans = new List<IndexSpan>();
        while (bytes.Length > 0)
        {
            if (bytes.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(bytes) is var length && (length < 0 || length > bytes.Length - 36))
            {
                return null;
            }

            var numbers = bytes[(4 + length)..];
            spans.Add(new IndexSpan(
                string.Intern(Encoding.UTF8.GetString(bytes.Slice(4, length))),
                BinaryPrimitives.ReadInt64LittleEndian(numbers),
                BinaryPrimitives.ReadInt64LittleEndian(numbers[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(numbers[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(numbers[24..])));
            bytes = numbers[32..];
        }

        return spans;
    }
}

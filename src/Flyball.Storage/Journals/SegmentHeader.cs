using System.Buffers.Binary;
using System.Globalization;

namespace Flyball.Storage.Journals;

/// <summary>The first 64 bytes of a segment file, little-endian.</summary>
/// <remarks>0 magic | 8 version | 12 salt | 16 first seq | 24 length of the previous segment's file, 0 for the first | 32 created, microseconds | 60 checksum.</remarks>
internal readonly record struct SegmentHeader(uint Salt, long FirstSeq, long PreviousLength, long CreatedMicros)
{
    internal const int Size = 64;
    private const uint Version = 1;
    private const string Suffix = ".journal";

    private static ReadOnlySpan<byte> Magic => "FLYBALLJ"u8;

    internal static string FileName(long firstSeq) => firstSeq.ToString("D19", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>The segment files of a directory in order of their first seq.</summary>
    internal static string[] FilesIn(string directory)
    {
        var files = Directory.GetFiles(directory, "*" + Suffix);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    internal byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Salt);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), FirstSeq);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), PreviousLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), CreatedMicros);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Of(bytes.AsSpan(0, 60)));
        return bytes;
    }

    /// <summary>Null when the bytes are an intact header of a version that is known, else what is wrong with them.</summary>
    internal static string? Read(ReadOnlySpan<byte> bytes, out SegmentHeader header)
    {
        header = default;
        if (bytes.Length < Size)
        {
            return "the segment's header is incomplete.";
        }

        if (!bytes.StartsWith(Magic))
        {
            return "this is not a journal segment.";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]) != Crc32C.Of(bytes[..60]))
        {
            return "the segment header's checksum does not match.";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Version)
        {
            return "the segment was written by another version of the format.";
        }

        header = new(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
        return null;
    }
}

using System.Buffers.Binary;

namespace Flyball.Storage.Journals;

/// <summary>The 40 bytes before a frame's body, little-endian, with a checksum of their own so that the length can be trusted.</summary>
/// <remarks>
/// 0 magic | 4 body length | 8 body checksum | 12 record count | 16 first seq | 24 watermark | 32 flags | 36 header checksum.
/// The watermark is the last seq known durable when the frame was written: a readable frame proves that everything
/// up to it was acknowledged. Both checksums start from the segment's random salt, so bytes inside a payload, or left
/// over from another segment, never look like a frame.
/// </remarks>
internal readonly record struct FrameHeader(int BodyLength, uint BodyChecksum, int Count, long FirstSeq, long Watermark, FrameFlags Flags)
{
    internal const int Size = 40;

    /// <summary>"FLYf"</summary>
    internal static ReadOnlySpan<byte> Magic => "FLYf"u8;

    /// <summary>The last record's seq; one less than the first in a frame without records.</summary>
    internal long LastSeq => FirstSeq + Count - 1;

    internal void Write(Span<byte> into, uint salt)
    {
        Magic.CopyTo(into);
        BinaryPrimitives.WriteInt32LittleEndian(into[4..], BodyLength);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], BodyChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], FirstSeq);
        BinaryPrimitives.WriteInt64LittleEndian(into[24..], Watermark);
        BinaryPrimitives.WriteInt32LittleEndian(into[32..], (int)Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(into[36..], Crc32C.Of(into[..36], salt));
    }

    /// <summary>False when the 40 bytes are not an intact header of this segment.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> from, uint salt, out FrameHeader header)
    {
        header = default;
        if (from.Length < Size
            || !from.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(from[36..]) != Crc32C.Of(from[..36], salt))
        {
            return false;
        }

        header = Parse(from);
        return header.BodyLength >= 0 && header.Count >= 0 && header.FirstSeq > 0;
    }

    /// <summary>The fields of a header that is known to be intact.</summary>
    internal static FrameHeader Parse(ReadOnlySpan<byte> from) => new(
            BinaryPrimitives.ReadInt32LittleEndian(from[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            (FrameFlags)BinaryPrimitives.ReadInt32LittleEndian(from[32..]));
}

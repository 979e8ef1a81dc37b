using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Journals;

/// <summary>Reads a segment's frames one after the other in large steps, checking each.</summary>
/// <param name="file">The segment.</param>
/// <param name="salt">From its header.</param>
/// <param name="start">Offset of a frame.</param>
/// <param name="keep">Bodies are handed out to callers who may hold them, so no buffer is used twice.</param>
internal sealed class SegmentReader(SafeFileHandle file, uint salt, long start, bool keep)
{
    // Below the large-object threshold, so that a reader who drops its records costs the collector next to nothing.
    private const int KeptStep = 64 << 10;
    private const int ReusedStep = 1 << 20;

    private byte[] buffer = [];
    private int from;
    private int filled;

    /// <summary>Offset of the frame that <see cref="Next"/> reads.</summary>
    internal long Position { get; private set; } = start;

    /// <summary>What is wrong at <see cref="Position"/> after <see cref="FrameStatus.Bad"/>.</summary>
    internal string Defect { get; private set; } = "";

    internal FrameStatus Next(out FrameHeader header, out ReadOnlyMemory<byte> body)
    {
        header = default;
        body = default;
        if (!Have(FrameHeader.Size))
        {
            return filled == from ? FrameStatus.End : Bad("the file ends inside a frame's header.");
        }

        if (!FrameHeader.TryRead(buffer.AsSpan(from), salt, out header))
        {
            return Bad("no frame header stands here, or its checksum does not match.");
        }

        // A length is trusted only as far as the file goes: an intact header may stand before a body that was never written.
        var size = FrameHeader.Size + header.BodyLength;
        if (filled - from < size && (Position + size > RandomAccess.GetLength(file) || !Have(size)))
        {
            return Bad("the file ends inside a frame.");
        }

        body = buffer.AsMemory(from + FrameHeader.Size, header.BodyLength);
        if (Crc32C.Of(body.Span, salt) != header.BodyChecksum)
        {
            return Bad("a frame's checksum does not match.");
        }

        from += size;
        Position += size;
        return FrameStatus.Good;
    }

    private FrameStatus Bad(string defect)
    {
        Defect = defect;
        return FrameStatus.Bad;
    }

    private bool Have(int count)
    {
        if (filled - from >= count)
        {
            return true;
        }

        var left = filled - from;
        var old = buffer;
        if (keep || buffer.Length < count)
        {
            buffer = GC.AllocateUninitializedArray<byte>(Math.Max(count, keep ? KeptStep : ReusedStep));
        }

        Buffer.BlockCopy(old, from, buffer, 0, left);
        from = 0;
        filled = left;
        while (filled < buffer.Length)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(filled), Position + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled >= count;
    }
}

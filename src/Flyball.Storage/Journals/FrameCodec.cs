using System.Buffers.Binary;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>
/// A batch as one frame. The caller's thread encodes it with everything it knows; the writer stamps what only the
/// writer knows (sequence number, known-at, checksums) into the same bytes.
/// </summary>
/// <remarks>
/// Body: with a key, u16 length and UTF-8 of the key, 32 bytes of request digest, u32 length and bytes of the answer;
/// then per record i64 known-at, u32 payload length, u16 stream length, u8 explicit, u8 zero, stream, payload.
/// </remarks>
internal static class FrameCodec
{
    internal const int RecordHead = 16;
    private const int LongestName = 1024;
    private const int DigestBytes = 32;

    /// <summary>Bytes of the batch's frame.</summary>
    internal static int Measure(JournalBatch batch, int limit)
    {
        if (batch.Entries.Count == 0)
        {
            throw new ArgumentException("A batch has at least one entry.", nameof(batch));
        }

        long size = FrameHeader.Size;
        if (batch.Key is { } key)
        {
            size += 2 + NameLength(key.Key, "idempotency key") + DigestBytes + 4 + key.Answer.Length;
        }

        var name = 0;
        string? stream = null;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            // Neighbours are mostly of one stream, and then of one string.
            var entry = batch.Entries[i];
            (name, stream) = ReferenceEquals(stream, entry.Stream) ? (name, stream) : (NameLength(entry.Stream, "stream name"), entry.Stream);
            size += RecordHead + name + entry.Payload.Length;
        }

        if (size > limit)
        {
            throw JournalProblems.Batch($"A batch of {size:N0} bytes is larger than the {limit:N0} that the journal takes.");
        }

        return (int)size;
    }

    /// <summary>Writes the frame with its header left blank.</summary>
    /// <param name="batch">As it was measured.</param>
    /// <param name="frame">At least as long as the frame.</param>
    internal static void Encode(JournalBatch batch, byte[] frame)
    {
        var at = FrameHeader.Size;
        if (batch.Key is { } named)
        {
            at += 2 + WriteName(frame, at, at + 2, named.Key);
            Convert.FromHexString(named.Request.Hex, frame.AsSpan(at, DigestBytes), out _, out _);
            at += DigestBytes;
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(at), named.Answer.Length);
            named.Answer.Span.CopyTo(frame.AsSpan(at + 4));
            at += 4 + named.Answer.Length;
        }

        WriteRecords(frame, at, batch.Entries);
    }

    private static void WriteRecords(byte[] frame, int at, IReadOnlyList<JournalEntry> entries)
    {
        string? stream = null;
        var (nameAt, name) = (0, 0);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(at), entry.KnownAt?.Micros ?? 0);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(at + 8), entry.Payload.Length);
            frame[at + 14] = entry.KnownAt is null ? (byte)0 : (byte)1;
            frame[at + 15] = 0;
            if (ReferenceEquals(stream, entry.Stream))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(at + 12), (ushort)name);
                frame.AsSpan(nameAt, name).CopyTo(frame.AsSpan(at + RecordHead));
            }
            else
            {
                (stream, nameAt, name) = (entry.Stream, at + RecordHead, WriteName(frame, at + 12, at + RecordHead, entry.Stream));
            }

            entry.Payload.Span.CopyTo(frame.AsSpan(at + RecordHead + name));
            at += RecordHead + name + entry.Payload.Length;
        }
    }

    /// <summary>Fills in what the writer decides. Cost: one pass over the record heads and one checksum.</summary>
    internal static void Stamp(Span<byte> frame, FrameFlags flags, int count, long firstSeq, long watermark, KnownAt assigned, uint salt)
    {
        var body = frame[FrameHeader.Size..];
        var at = flags.HasFlag(FrameFlags.Key) ? KeyLength(body) : 0;
        for (var i = 0; i < count; i++)
        {
            var head = body[at..];
            if (head[14] == 0)
            {
                BinaryPrimitives.WriteInt64LittleEndian(head, assigned.Micros);
            }

            at += RecordHead + BinaryPrimitives.ReadUInt16LittleEndian(head[12..]) + BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        }

        new FrameHeader(body.Length, Crc32C.Of(body, salt), count, firstSeq, watermark, flags).Write(frame, salt);
    }

    /// <summary>Bytes that the key takes at the start of a body; -1 when it does not fit.</summary>
    internal static int KeyLength(ReadOnlySpan<byte> body)
    {
        if (body.Length < 2)
        {
            return -1;
        }

        var answerAt = 2 + BinaryPrimitives.ReadUInt16LittleEndian(body) + DigestBytes;
        if (body.Length < answerAt + 4)
        {
            return -1;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(body[answerAt..]);
        return length < 0 || length > body.Length - answerAt - 4 ? -1 : answerAt + 4 + length;
    }

    /// <summary>Copies the key out of a body that <see cref="KeyLength"/> accepted.</summary>
    internal static IdempotencyKey ReadKey(ReadOnlySpan<byte> body)
    {
        var name = BinaryPrimitives.ReadUInt16LittleEndian(body);
        var answer = body[(2 + name + DigestBytes)..];
        return new(
            Encoding.UTF8.GetString(body.Slice(2, name)),
            Digest.FromBytes(body.Slice(2 + name, DigestBytes)),
            answer.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(answer)).ToArray());
    }

    private static int NameLength(string name, string what)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        return length is > 0 and <= LongestName
            ? length
            : throw JournalProblems.Batch($"A {what} has 1 to {LongestName} bytes, not {length:N0}.");
    }

    private static int WriteName(byte[] frame, int lengthAt, int at, string name)
    {
        var length = Encoding.UTF8.GetBytes(name, frame.AsSpan(at));
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(lengthAt), (ushort)length);
        return length;
    }
}

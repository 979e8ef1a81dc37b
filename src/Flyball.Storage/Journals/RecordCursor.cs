using System.Buffers.Binary;
using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>Walks the records of one frame's body; payloads are slices of it.</summary>
internal struct RecordCursor
{
    private readonly ReadOnlyMemory<byte> body;
    private readonly StreamNames names;
    private long seq;
    private int left;
    private int at;

    internal RecordCursor(in FrameHeader header, ReadOnlyMemory<byte> body, StreamNames names)
    {
        this.body = body;
        this.names = names;
        seq = header.FirstSeq;
        left = header.Count;
        at = header.Flags.HasFlag(FrameFlags.Key) ? FrameCodec.KeyLength(body.Span) : 0;
    }

    /// <summary>All records were read and filled the body exactly; false at the end means that the frame is malformed.</summary>
    internal readonly bool Complete => left == 0 && at == body.Length;

    /// <summary>The known-at of the record just read was stated by an import, not assigned.</summary>
    internal bool Explicit { get; private set; }

    /// <summary>False at the end, and where the body does not hold what it promises.</summary>
    internal bool TryNext(out JournalRecord record)
    {
        record = default;
        if (left == 0 || at < 0 || body.Length - at < FrameCodec.RecordHead)
        {
            return false;
        }

        var head = body.Span.Slice(at, FrameCodec.RecordHead);
        var payload = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        var stream = BinaryPrimitives.ReadUInt16LittleEndian(head[12..]);
        var start = at + FrameCodec.RecordHead;
        if (payload < 0 || (long)start + stream + payload > body.Length)
        {
            return false;
        }

        Explicit = head[14] != 0;
        record = new(
            seq++,
            new KnownAt(BinaryPrimitives.ReadInt64LittleEndian(head)),
            names.Of(body.Span.Slice(start, stream)),
            body.Slice(start + stream, payload));
        at = start + stream + payload;
        left--;
        return true;
    }
}

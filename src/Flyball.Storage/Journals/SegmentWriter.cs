using System.Buffers.Binary;
using System.Security.Cryptography;
using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>Appends groups of frames to the last segment and starts the next one when it is full. Used by the writer's thread only.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly string directory;
    private readonly IJournalDisk disk;
    private readonly JournalOptions options;
    private readonly TimeProvider time;
    private IJournalFile file;
    private long offset;
    private byte[] group = new byte[64 << 10];
    private int filled;
    private bool isSealed;

    internal SegmentWriter(string directory, IJournalDisk disk, JournalOptions options, TimeProvider time, RecoveredJournal recovered)
    {
        (this.directory, this.disk, this.options, this.time) = (directory, disk, options, time);
        if (recovered.Segments.Count == 0)
        {
            Current = Create(firstSeq: 1, previousLength: 0);
            file = disk.Open(Current.Path);
            offset = SegmentHeader.Size;
        }
        else
        {
            Current = recovered.Segments[^1];
            file = disk.Open(Current.Path);
            offset = recovered.End;
        }
    }

    internal Segment Current { get; private set; }

    /// <summary>Bytes of the group so far.</summary>
    internal int GroupBytes => filled;

    internal bool MustRoll(int more) => isSealed || (offset + filled > SegmentHeader.Size && offset + filled + more > options.SegmentBytes);

    /// <summary>Numbers a frame and adds it to the group.</summary>
    internal void Add(PendingAppend append, long firstSeq, long watermark, KnownAt assigned)
    {
        FrameCodec.Stamp(append.Frame.Span, append.Flags, append.Count, firstSeq, watermark, assigned, Current.Header.Salt);
        Current.Note(firstSeq, offset + filled);
        append.FirstSeq = firstSeq;
        append.Assigned = assigned;
        Room(append.Frame.Length);
        append.Frame.CopyTo(group.AsMemory(filled));
        filled += append.Frame.Length;
    }

    /// <summary>One write and one sync for the whole group. Throws when either failed; the journal is over then.</summary>
    /// <exception cref="NoRoomException">The group is gone and the file as it was: the journal may go on.</exception>
    internal void Commit()
    {
        WriteGroup();
        file.DataSync();
        offset += filled;
        filled = 0;
    }

    /// <summary>
    /// A write that failed, such as on a full disk, is taken back as far as the disk allows: nobody was told of these records, and a restart
    /// should not find them. Not after a failed sync: then nobody knows what the disk holds.
    /// </summary>
    private void WriteGroup()
    {
        try
        {
            file.Write(offset, group.AsSpan(0, filled));
        }
        catch (Exception failed)
        {
            var isTakenBack = TryTakeBack();
            if (isTakenBack && NoRoomException.Is(failed))
            {
                throw new NoRoomException(failed);
            }

            throw;
        }
    }

    /// <summary>False when the disk refuses that too: recovery cuts what is left.</summary>
    private bool TryTakeBack()
    {
        filled = 0;
        Current.Forget(offset);
        try
        {
            file.Truncate(offset);
            return true;
        }
        catch (Exception cut) when (cut is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Closes the segment with a frame that proves everything before it durable.</summary>
    internal void Seal(long lastSeq)
    {
        if (isSealed)
        {
            return;
        }

        Room(FrameHeader.Size);
        new FrameHeader(0, Crc32C.Of([], Current.Header.Salt), 0, lastSeq + 1, lastSeq, FrameFlags.Seal)
            .Write(group.AsSpan(filled), Current.Header.Salt);
        filled += FrameHeader.Size;
        Commit();
        isSealed = true;
    }

    /// <summary>Seals the segment and starts the next.</summary>
    /// <exception cref="NoRoomException">There is no next segment yet: roll again before the next frame.</exception>
    internal void Roll(long lastSeq)
    {
        Seal(lastSeq);
        var next = CreateOrRefuse(lastSeq + 1);
        file.Dispose();
        file = disk.Open(next.Path);
        offset = SegmentHeader.Size;
        Current = next;
        isSealed = false;
    }

    public void Dispose() => file.Dispose();

    private Segment CreateOrRefuse(long firstSeq)
    {
        try
        {
            return Create(firstSeq, offset);
        }
        catch (IOException full) when (NoRoomException.Is(full))
        {
            // A segment appears whole or not at all.
            throw new NoRoomException(full);
        }
    }

    private Segment Create(long firstSeq, long previousLength)
    {
        Span<byte> salt = stackalloc byte[4];
        RandomNumberGenerator.Fill(salt);
        var header = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(salt), firstSeq, previousLength, Clock.ToMicros(time.GetUtcNow()));
        var path = Path.Combine(directory, SegmentHeader.FileName(firstSeq));
        disk.Create(path, header.ToBytes());
        return new(path, header);
    }

    private void Room(int more)
    {
        if (group.Length - filled < more)
        {
            Array.Resize(ref group, Math.Max(group.Length * 2, filled + more));
        }
    }
}

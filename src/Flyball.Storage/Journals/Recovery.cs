using System.Globalization;
using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>Reads a journal's directory at open: every byte of it is checked before the first append.</summary>
/// <remarks>
/// 1. Segments follow one another: first seq and file length as the next header states them.
/// 2. Each frame is intact and starts where the one before it ended.
/// 3. Only behind the last intact frame of the last segment may something be cut, and only when nothing proves that it was acknowledged.
/// </remarks>
internal sealed class Recovery(IJournalDisk disk, JournalOptions options, long watermark)
{
    private readonly StreamNames names = new();
    private readonly IdempotencyIndex keys = new(options.IdempotencyKeys, options.IdempotencyBytes);
    private KnownAt assigned = new(long.MinValue);
    private long nextSeq = 1;
    private bool @sealed;
    private JournalRecovery? torn;

    internal RecoveredJournal Run(string directory)
    {
        var segments = new List<Segment>();
        var files = SegmentHeader.FilesIn(directory);
        long end = 0;
        for (var i = 0; i < files.Length; i++)
        {
            var segment = ReadHeader(files[i], previousLength: end);
            end = ReadFrames(segment, last: i == files.Length - 1);
            segments.Add(segment);
        }

        if (watermark >= nextSeq)
        {
            throw JournalProblems.Corrupt(
                files.Length == 0 ? directory : files[^1],
                end,
                string.Create(CultureInfo.InvariantCulture, $"the journal ends at record {nextSeq - 1}, and records up to {watermark} were acknowledged."));
        }

        var report = torn ?? new(new(nextSeq - 1), 0, nextSeq == 1 || @sealed);
        return new(segments, end, keys, assigned, report with { Last = new(nextSeq - 1), Segments = files.Length });
    }

    private Segment ReadHeader(string path, long previousLength)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
        var read = RandomAccess.Read(file, bytes, 0);
        var defect = SegmentHeader.Read(bytes[..read], out var header);
        if (defect is null && header.FirstSeq != nextSeq)
        {
            defect = string.Create(CultureInfo.InvariantCulture, $"the segment starts with record {header.FirstSeq} where {nextSeq} is next: a segment is missing.");
        }

        if (defect is null && header.PreviousLength != previousLength)
        {
            defect = string.Create(CultureInfo.InvariantCulture, $"the segment before it has {previousLength} bytes and was closed with {header.PreviousLength}.");
        }

        if (defect is null && SegmentHeader.FileName(header.FirstSeq) != Path.GetFileName(path))
        {
            defect = "the segment's name and its header name different records.";
        }

        return defect is null ? new(path, header) : throw JournalProblems.Corrupt(path, 0, defect);
    }

    private long ReadFrames(Segment segment, bool last)
    {
        using var file = segment.OpenForReading();
        var reader = new SegmentReader(file, segment.Header.Salt, SegmentHeader.Size, keep: false);
        while (true)
        {
            var offset = reader.Position;
            switch (reader.Next(out var header, out var body))
            {
                case FrameStatus.Good:
                    Accept(segment, offset, header, body);
                    break;
                case FrameStatus.End:
                    return offset;
                default:
                    if (!last)
                    {
                        throw JournalProblems.Corrupt(segment.Path, offset, reader.Defect);
                    }

                    Cut(segment, offset, reader.Defect);
                    return offset;
            }
        }
    }

    private void Accept(Segment segment, long offset, in FrameHeader header, ReadOnlyMemory<byte> body)
    {
        if (header.FirstSeq != nextSeq)
        {
            throw JournalProblems.Corrupt(
                segment.Path, offset, string.Create(CultureInfo.InvariantCulture, $"a frame starts with record {header.FirstSeq} where {nextSeq} is next."));
        }

        @sealed = header.Flags.HasFlag(FrameFlags.Seal);
        var keyed = header.Flags.HasFlag(FrameFlags.Key);
        if (keyed && FrameCodec.KeyLength(body.Span) < 0)
        {
            throw JournalProblems.Corrupt(segment.Path, offset, "a frame's idempotency key does not fit into it.");
        }

        var cursor = new RecordCursor(header, body, names);
        while (cursor.TryNext(out var record))
        {
            if (!cursor.Explicit)
            {
                assigned = record.KnownAt;
            }
        }

        if (!cursor.Complete)
        {
            throw JournalProblems.Corrupt(segment.Path, offset, "a frame's records do not fill it.");
        }

        if (keyed)
        {
            keys.Begin(FrameCodec.ReadKey(body.Span)).Complete(new(header.FirstSeq), new(header.LastSeq));
        }

        segment.Note(header.FirstSeq, offset);
        nextSeq += header.Count;
    }

    private void Cut(Segment segment, long offset, string defect)
    {
        var bytes = File.ReadAllBytes(segment.Path);
        if (TornTail.Damage(bytes, segment.Header.Salt, (int)offset, nextSeq, watermark) is { } damage)
        {
            throw JournalProblems.Corrupt(segment.Path, offset, $"{defect} {damage}");
        }

        using (var file = disk.Open(segment.Path))
        {
            file.Truncate(offset);
        }

        torn = new(default, 0, false, bytes.Length - offset, segment.Path, offset);
    }
}

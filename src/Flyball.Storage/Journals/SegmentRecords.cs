using System.Collections;

namespace Flyball.Storage.Journals;

/// <summary>The records of one segment from one seq to another, both of which are durable.</summary>
internal sealed class SegmentRecords(Segment segment, StreamNames names, long first, long last) : IEnumerable<JournalRecord>
{
    public IEnumerator<JournalRecord> GetEnumerator()
    {
        using var file = segment.OpenForReading();
        var (next, offset) = segment.Find(first);
        var reader = new SegmentReader(file, segment.Header.Salt, offset, keep: true);
        while (next <= last)
        {
            var at = reader.Position;
            var status = reader.Next(out var header, out var body);
            if (status != FrameStatus.Good)
            {
                throw JournalProblems.Corrupt(segment.Path, at, status == FrameStatus.End ? "the file ends before its last record." : reader.Defect);
            }

            if (header.FirstSeq != next)
            {
                throw JournalProblems.Corrupt(segment.Path, at, "a frame is out of order.");
            }

            var cursor = new RecordCursor(header, body, names);
            while (cursor.TryNext(out var record))
            {
                if (record.Seq >= first && record.Seq <= last)
                {
                    yield return record;
                }
            }

            next += header.Count;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

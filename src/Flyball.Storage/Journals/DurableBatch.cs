using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>One appended batch at the moment it became durable. Good until the callback that got it returns.</summary>
public readonly struct DurableBatch
{
    private readonly PendingAppend append;
    private readonly StreamNames names;

    internal DurableBatch(PendingAppend append, StreamNames names) => (this.append, this.names) = (append, names);

    /// <summary>The first record's sequence number; the others follow without a gap, in the order of the batch's entries.</summary>
    public Horizon First => new(append.FirstSeq);

    /// <summary>The last record's sequence number.</summary>
    public Horizon Last => new(append.FirstSeq + append.Count - 1);

    public int Count => append.Count;

    /// <summary>The known-at of the entries that stated none.</summary>
    public KnownAt Assigned => append.Assigned;

    /// <summary>What the appender gave along; null for nothing.</summary>
    public object? Carried => append.Carried;

    /// <summary>The records, read from the bytes that were written. Cost: a copy of a large batch, because who gets a record may keep it.</summary>
    public IReadOnlyList<JournalRecord> Records()
    {
        var records = new List<JournalRecord>(append.Count);
        ReadOnlyMemory<byte> frame = append.IsLent ? append.Frame.ToArray() : append.Frame;
        var cursor = new RecordCursor(FrameHeader.Parse(frame.Span), frame[FrameHeader.Size..], names);
        while (cursor.TryNext(out var record))
        {
            records.Add(record);
        }

        return records;
    }
}

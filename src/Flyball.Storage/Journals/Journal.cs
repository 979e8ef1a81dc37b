using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Native.Posix;

namespace Flyball.Storage.Journals;

/// <summary>
/// An append-only log in segment files. An append is acknowledged after its bytes were synced to the disk, and what
/// was acknowledged is there after any crash, or opening refuses and says what is missing.
/// </summary>
/// <remarks>Safe from any thread. One process has a journal open at a time.</remarks>
public sealed class Journal : IAsyncDisposable
{
    /// <summary>Best-effort bytes that are enough for a write of their own.</summary>
    private const int LingerBytes = 1 << 20;

    private readonly object gate = new();
    private readonly string directory;
    private readonly JournalOptions options;
    private readonly IdempotencyIndex keys;
    private readonly JournalWriter writer;
    private readonly List<Action<DurableBatch>> subscribers = [];
    private List<PendingAppend> queue = [];
    private List<PendingAppend> spare = [];
    private long queuedBytes;
    private TaskCompletionSource? room;
    private Segment[] segments;
    private FlyballException? broken;
    private FlyballException? shortage;
    private bool closing;
    private bool appended;
    private readonly long opened;
    private long durable;
    private long appends;
    private long bytes;
    private long syncs;
    private long dropped;
    private bool urgent;

    private Journal(string directory, JournalOptions options, TimeProvider time, IJournalDisk disk, Watermark watermark)
    {
        (this.directory, this.options) = (directory, options);
        var recovered = new Recovery(disk, options, watermark.Read()).Run(directory);
        Recovered = recovered.Report;
        durable = opened = recovered.Report.Last.Seq;
        keys = recovered.Keys;
        var ends = new SegmentWriter(directory, disk, options, time, recovered);
        segments = recovered.Segments.Count == 0 ? [ends.Current] : [.. recovered.Segments];
        writer = new(this, ends, watermark, time, recovered);
    }

    /// <summary>What opening found.</summary>
    public JournalRecovery Recovered { get; }

    /// <summary>The last durable record.</summary>
    public Horizon Durable => new(Volatile.Read(ref durable));

    public JournalHealth Health
    {
        get
        {
            lock (gate)
            {
                return new(broken?.Problem, shortage?.Problem);
            }
        }
    }

    public JournalCounters Counters => new(
        Volatile.Read(ref appends), Durable.Seq - opened, Volatile.Read(ref bytes), Volatile.Read(ref syncs), Volatile.Read(ref dropped));

    /// <summary>Opens or creates the journal of a directory. Cost: reads and checks all of it, about a second a gigabyte.</summary>
    /// <exception cref="FlyballException">FLY2002 names the file and byte where an acknowledged record is unreadable;
    /// FLY2003: another process has it open.</exception>
    public static Journal Open(string directory, JournalOptions options, TimeProvider time) =>
        Open(directory, options, time, new PosixDisk());

    internal static Journal Open(string directory, JournalOptions options, TimeProvider time, IJournalDisk disk)
    {
        PosixFile.CreateDirectory(directory);
        var watermark = Watermark.Open(directory);
        try
        {
            foreach (var leftover in Directory.GetFiles(directory, "*.tmp"))
            {
                File.Delete(leftover);
            }

            var journal = new Journal(directory, options, time, disk, watermark);
            journal.writer.Start();
            return journal;
        }
        catch
        {
            watermark.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends a batch, all or nothing. The answer arrives when it is durable and every subscriber has seen it.
    /// The caller may reuse its buffers as soon as this returns.
    /// </summary>
    /// <param name="batch">At least one entry.</param>
    /// <param name="ct">Observed until the batch is queued; from then on it cannot be withdrawn.</param>
    /// <exception cref="FlyballException">FLY2001: a write or sync failed, now or before, and this batch is not acknowledged
    /// (it may or may not be found after a restart). FLY2046: the disk has no room for it, and nothing of it is kept. FLY2004: the batch is too large or a name too long.</exception>
    public ValueTask<AppendReceipt> AppendAsync(JournalBatch batch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var append = PendingAppend.Of(batch, options.BatchBytes);
        Task full;
        lock (gate)
        {
            if (TryQueue(append, out var answer))
            {
                return answer;
            }

            full = Room();
        }

        return AppendWhenThereIsRoom(append, full, ct);
    }

    /// <summary>Appends without a receipt: false, and counted as dropped, when the queue is full, the journal broken or
    /// closed, or the batch not acceptable.</summary>
    public bool TryPost(JournalBatch batch)
    {
        var good = false;
        try
        {
            var append = PendingAppend.Of(batch, options.BatchBytes);
            lock (gate)
            {
                good = TryQueue(append, out _, waitedFor: false);
            }
        }
        catch (Exception refused) when (refused is FlyballException or ObjectDisposedException)
        {
            // Nobody waits for the reason; the count below is the trace.
        }

        if (!good)
        {
            Interlocked.Increment(ref dropped);
        }

        return good;
    }

    /// <summary>Completes when everything queued before it is durable.</summary>
    public async ValueTask FlushAsync()
    {
        var flush = PendingAppend.Flush();
        lock (gate)
        {
            _ = TryQueue(flush, out _);
        }

        await flush.Task.ConfigureAwait(false);
    }

    /// <summary>
    /// Calls back with the records of every batch that became durable, in order, on the writer's thread and before anybody
    /// is told: who has a receipt finds the effect of the call. A callback that throws breaks the journal.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something was appended already, so the subscriber would miss it.</exception>
    public void Subscribe(Action<IReadOnlyList<JournalRecord>> onDurable) => SubscribeBatches(batch => onDurable(batch.Records()));

    /// <summary>The same for a subscriber that may know a batch from what its appender gave along, and then need not read its records.</summary>
    /// <exception cref="InvalidOperationException">Something was appended already, so the subscriber would miss it.</exception>
    public void SubscribeBatches(Action<DurableBatch> onDurable)
    {
        lock (gate)
        {
            if (appended)
            {
                throw new InvalidOperationException("Subscribe before the first append.");
            }

            subscribers.Add(onDurable);
        }
    }

    /// <summary>The durable records with <paramref name="after"/> &lt; seq &lt;= <paramref name="upTo"/>, in order, read as
    /// they are asked for. Sees what is durable when the enumeration starts. Cost: a fraction of a microsecond a record.</summary>
    /// <exception cref="FlyballException">FLY2002: the disk no longer holds what was written.</exception>
    public IEnumerable<JournalRecord> Read(Horizon after, Horizon upTo)
    {
        var first = Math.Max(after.Seq, 0) + 1;
        var last = Math.Min(upTo.Seq, Durable.Seq);
        if (first > last)
        {
            yield break;
        }

        var files = Volatile.Read(ref segments);
        var names = new StreamNames();
        var index = Array.FindLastIndex(files, s => s.Header.FirstSeq <= first);
        for (; index < files.Length && files[index].Header.FirstSeq <= last; index++)
        {
            var end = index + 1 < files.Length ? Math.Min(last, files[index + 1].Header.FirstSeq - 1) : last;
            foreach (var record in new SegmentRecords(files[index], names, first, end))
            {
                yield return record;
            }
        }
    }

    /// <summary>Refuses new appends, writes and syncs what is queued, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closing = true;
            Monitor.PulseAll(gate);
            room?.SetResult();
            room = null;
        }

        await writer.Ended.ConfigureAwait(false);
    }

    /// <summary>The writer's side: everything that is queued, waiting for something; null when the journal is closed and drained.</summary>
    internal List<PendingAppend>? Take()
    {
        lock (gate)
        {
            while (queue.Count == 0)
            {
                if (closing)
                {
                    return null;
                }

                Monitor.Wait(gate);
            }

            // A sync costs the same for one record and for a thousand; where nobody waits for it, a moment's patience saves most of them.
            if (!urgent && !closing)
            {
                Monitor.Wait(gate, options.Linger);
            }

            urgent = false;
            (queue, spare) = (spare, queue);
            queue.Clear();
            queuedBytes = 0;
            room?.SetResult();
            room = null;
            return spare;
        }
    }

    internal void Add(Segment segment) => Volatile.Write(ref segments, [.. segments, segment]);

    /// <summary>Makes a synced group visible to readers, to the subscribers, and to repeats of its requests.</summary>
    internal void Publish(List<PendingAppend> group, Horizon last, int written, StreamNames names)
    {
        Volatile.Write(ref durable, last.Seq);
        Interlocked.Increment(ref syncs);
        Interlocked.Add(ref bytes, written);
        foreach (var append in group)
        {
            for (var i = 0; append.Count > 0 && i < subscribers.Count; i++)
            {
                subscribers[i](new DurableBatch(append, names));
            }
        }

        // After the subscribers: who repeats a request and gets its answer finds its effect.
        lock (gate)
        {
            shortage = null;
            foreach (var append in group)
            {
                appends += append.Count > 0 ? 1 : 0;
                append.Request?.Complete(append.Receipt.First, append.Receipt.Last);
            }
        }
    }

    /// <summary>Refuses appends of which nothing is on the disk; their keys are free again.</summary>
    internal void Refuse(List<PendingAppend> group, NoRoomException full)
    {
        lock (gate)
        {
            shortage = JournalProblems.NoRoom(directory, full);
            foreach (var append in group)
            {
                if (append.Request is not null)
                {
                    keys.Abandon(append.Key!.Key, append.Request);
                }

                append.Fail(shortage);
            }
        }
    }

    internal static void Acknowledge(List<PendingAppend> group)
    {
        foreach (var append in group)
        {
            append.GiveBack();
            append.TrySetResult(append.Receipt);
        }
    }

    /// <summary>Ends the journal after a failure: what waits and what comes is refused.</summary>
    internal void Break(Exception failure, List<PendingAppend> taken)
    {
        lock (gate)
        {
            broken = new FlyballException(JournalProblems.Broken(directory, failure.Message), failure);
            taken.ForEach(a => a.Fail(broken));
            queue.ForEach(a => a.Fail(broken));
            queue.Clear();
            room?.SetResult();
            room = null;
        }
    }

    private async ValueTask<AppendReceipt> AppendWhenThereIsRoom(PendingAppend append, Task full, CancellationToken ct)
    {
        while (true)
        {
            await full.WaitAsync(ct).ConfigureAwait(false);
            ValueTask<AppendReceipt> answer;
            lock (gate)
            {
                if (!TryQueue(append, out answer))
                {
                    full = Room();
                    continue;
                }
            }

            return await answer.ConfigureAwait(false);
        }
    }

    /// <summary>Under the gate: queues the batch or answers its key; false when there is no room.</summary>
    /// <param name="waitedFor">False for a best-effort append: nobody waits, so the writer may collect more before it syncs.</param>
    private bool TryQueue(PendingAppend append, out ValueTask<AppendReceipt> answer, bool waitedFor = true)
    {
        if (broken is not null)
        {
            throw broken;
        }

        ObjectDisposedException.ThrowIf(closing, this);
        answer = default;
        if (append.Key is { } known && keys.Find(known) is { } earlier)
        {
            answer = ValueTask.FromResult(earlier);
            return true;
        }

        if (queuedBytes > 0 && queuedBytes + append.Frame.Length > options.QueueBytes)
        {
            return false;
        }

        if (append.Key is { } key)
        {
            append.Request = keys.Begin(key);
        }

        queue.Add(append);
        queuedBytes += append.Frame.Length;
        appended = true;
        urgent |= waitedFor || queuedBytes >= LingerBytes;
        if (queue.Count == 1 || urgent)
        {
            Monitor.Pulse(gate);
        }

        answer = new(append.Task);
        return true;
    }

    private Task Room() => (room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}

using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>The journal's one writing thread: what is queued when it looks becomes one group commit.</summary>
/// <remarks>
/// 1. Take everything that is queued and number it.
/// 2. One write, one sync; then publish: horizon, keys, subscribers.
/// 3. Only now acknowledge. A group for which the disk has no room is taken back and refused, and the next one is tried.
/// </remarks>
internal sealed class JournalWriter
{
    // A bound on one write, so that a deep queue is acknowledged in steps.
    private const int GroupBytes = 8 << 20;

    private readonly Journal journal;
    private readonly SegmentWriter segments;
    private readonly Watermark watermark;
    private readonly TimeProvider time;
    private readonly StreamNames names = new();
    private readonly List<PendingAppend> group = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private KnownAt assigned;
    private long next;
    private bool dirty;

    internal JournalWriter(Journal journal, SegmentWriter segments, Watermark watermark, TimeProvider time, RecoveredJournal recovered)
    {
        (this.journal, this.segments, this.watermark, this.time) = (journal, segments, watermark, time);
        assigned = recovered.Assigned;
        next = recovered.Report.Last.Seq + 1;
        dirty = !recovered.Report.CleanShutdown;
    }

    /// <summary>Completes when the thread has drained the queue and closed the files.</summary>
    internal Task Ended => ended.Task;

    internal void Start() => new Thread(Run) { IsBackground = true, Name = "flyball journal" }.Start();

    private void Run()
    {
        List<PendingAppend>? taken = null;
        try
        {
            while (journal.Take() is { } batch)
            {
                taken = batch;
                Process(batch);
            }

            if (dirty)
            {
                SealAtEnd();
            }
        }
        catch (Exception failure)
        {
            // Not retried: after a failed sync the kernel forgets the lost pages, and a second sync would lie.
            journal.Break(failure, taken ?? []);
        }
        finally
        {
            segments.Dispose();
            watermark.Dispose();
            ended.SetResult();
        }
    }

    private void Process(List<PendingAppend> batch)
    {
        var now = KnownAt.From(time.GetUtcNow());
        assigned = now > assigned ? now : assigned;
        foreach (var append in batch)
        {
            if (append.Count > 0 && segments.MustRoll(append.Frame.Length))
            {
                Commit();
                if (!TryRoll(append))
                {
                    continue;
                }
            }
            else if (segments.GroupBytes + append.Frame.Length > GroupBytes)
            {
                Commit();
            }

            if (append.Count > 0)
            {
                segments.Add(append, next, journal.Durable.Seq, assigned);
                next += append.Count;
            }

            group.Add(append);
        }

        Commit();
    }

    private bool TryRoll(PendingAppend waiting)
    {
        try
        {
            segments.Roll(next - 1);
            journal.Add(segments.Current);
            dirty = false;
            return true;
        }
        catch (NoRoomException full)
        {
            journal.Refuse([waiting], full);
            return false;
        }
    }

    private void Commit()
    {
        if (segments.GroupBytes > 0)
        {
            dirty = true;
            var bytes = segments.GroupBytes;
            try
            {
                segments.Commit();
            }
            catch (NoRoomException full)
            {
                // The file is what it was before this group, and so are the numbers.
                next = journal.Durable.Seq + 1;
                journal.Refuse(group, full);
                group.Clear();
                return;
            }

            Mark();
            journal.Publish(group, new Horizon(next - 1), bytes, names);
        }

        Journal.Acknowledge(group);
        group.Clear();
    }

    private void Mark()
    {
        try
        {
            watermark.Write(next - 1);
        }
        catch (IOException full) when (NoRoomException.Is(full))
        {
            // The mark may lag: the frames before it prove themselves.
        }
    }

    private void SealAtEnd()
    {
        try
        {
            segments.Seal(next - 1);
        }
        catch (NoRoomException)
        {
            // The next start reads the last segment as after a crash.
        }
    }
}

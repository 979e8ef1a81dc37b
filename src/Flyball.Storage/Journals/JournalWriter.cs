using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>The journal's one writing thread: what is queued when it looks becomes one group commit.</summary>
/// <remarks>
/// 1. Take everything that is queued and number it.
/// 2. One write, one sync; then publish: horizon, keys, subscribers.
/// 3. Only now acknowledge.
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
                segments.Seal(next - 1);
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
                Roll();
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

    private void Roll()
    {
        segments.Roll(next - 1);
        journal.Add(segments.Current);
        dirty = false;
    }

    private void Commit()
    {
        if (segments.GroupBytes > 0)
        {
            dirty = true;
            var bytes = segments.GroupBytes;
            segments.Commit();
            watermark.Write(next - 1);
            journal.Publish(group, new Horizon(next - 1), bytes, names);
        }

        Journal.Acknowledge(group);
        group.Clear();
    }
}

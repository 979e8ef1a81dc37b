using System.Runtime.ExceptionServices;

namespace Flyball.Serving.Batches;

/// <summary>
/// A thread for each processor and one more, all doing the same.
/// <list type="number">
/// <item>Rows are read into the thread's own batch: one thread at a time.</item>
/// <item>The batch is scored and judged: all threads at once.</item>
/// <item>Its results are kept: one thread at a time, in the order in which the batches were read.</item>
/// </list>
/// So every processor is busy whatever reading and scoring cost, and the bytes do not depend on who did what. Whoever fails ends all, and the caller meets the reason.
/// </summary>
internal sealed class BatchPipeline(BatchJob job, BatchFolder folder, BatchTable table, Action<BatchStep>? progress)
{
    private readonly Lock reading = new();
    private readonly object keeping = new();
    private readonly long skipped = folder.Parts.Sum(p => p.Rows);
    private readonly long setAside = folder.Parts.Sum(p => p.Rejected);
    private long doneRows;
    private long doneAside;
    private long read;
    private long kept;
    private long inPart;
    private bool begun;
    private bool ended;
    private BatchPart part = new(0, 0);
    private volatile ExceptionDispatchInfo? failure;

    /// <param name="source">Stands behind the last part that counts.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Run(BatchSource source, CancellationToken cancellation)
    {
        begun = skipped > 0;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => Work(source, cancellation)) { IsBackground = true, Name = "flyball scoring" }).ToList();
        threads.ForEach(t => t.Start());
        Work(source, cancellation);
        threads.ForEach(t => t.Join());
        failure?.Throw();
    }

    private void Work(BatchSource source, CancellationToken cancellation)
    {
        try
        {
            var batch = job.NewBatch();
            while (Take(source, batch, cancellation))
            {
                job.Model.Score(batch);
                batch.Judge(job.Serve.Answer);
                if (!Hand(batch))
                {
                    return;
                }
            }
        }
        catch (Exception e)
        {
            lock (keeping)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(keeping);
            }
        }
    }

    /// <summary>Reads the next batch; false when there is none.</summary>
    private bool Take(BatchSource source, ScoreBatch batch, CancellationToken cancellation)
    {
        lock (reading)
        {
            if (ended || failure is not null)
            {
                return false;
            }

            cancellation.ThrowIfCancellationRequested();
            batch.Clear();
            batch.Number = read++;
            ended = !source.Fill(batch, job.Terms.BatchRows);
            inPart += batch.Read;
            batch.EndsPart = ended ? inPart > 0 || !begun : inPart == job.Terms.PartRows;
            begun |= batch.EndsPart;
            inPart = batch.EndsPart ? 0 : inPart;
            return true;
        }
    }

    /// <summary>Keeps a batch when it is its turn; false when another thread failed before.</summary>
    private bool Hand(ScoreBatch batch)
    {
        lock (keeping)
        {
            while (batch.Number != kept && failure is null)
            {
                Monitor.Wait(keeping);
            }

            if (failure is not null)
            {
                return false;
            }

            Keep(batch);
            kept++;
            Monitor.PulseAll(keeping);
            return true;
        }
    }

    private void Keep(ScoreBatch batch)
    {
        table.Add(batch);
        if (job.Terms.IsStrict && batch.Rejected.Count > 0)
        {
            throw BatchProblems.Strict(Path.GetFileName(job.Terms.Input), batch.Rejected[0]);
        }

        part = part with { Rows = part.Rows + batch.Read, Rejected = part.Rejected + batch.Rejected.Count, Ignored = part.Ignored + batch.Ignored, Defaulted = Sum(part.Defaulted, batch.DefaultedFields) };
        (doneRows, doneAside) = (doneRows + batch.Read, doneAside + batch.Rejected.Count);
        if (batch.EndsPart)
        {
            table.Write(folder.ScoredFile(folder.Parts.Count), folder.RejectedFile(folder.Parts.Count));
            folder.Keep(part);
            part = new BatchPart(0, 0);
        }

        progress?.Invoke(new BatchStep(skipped + doneRows, setAside + doneAside, skipped, batch.Share, batch.EndsPart));
    }

    /// <summary>The counts of both; null where there are none.</summary>
    public static SortedDictionary<string, long>? Sum(SortedDictionary<string, long>? counts, SortedDictionary<string, long>? more)
    {
        if (more is not { Count: > 0 })
        {
            return counts;
        }

        counts ??= new(StringComparer.Ordinal);
        foreach (var (name, count) in more)
        {
            counts[name] = counts.GetValueOrDefault(name) + count;
        }

        return counts;
    }
}

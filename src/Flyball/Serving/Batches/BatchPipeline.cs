using System.Runtime.ExceptionServices;

namespace Flyball.Serving.Batches;

/// <summary>
/// A few batches that go round between three steps, and a thread for each processor and one more that take whatever step is due.
/// <list type="number">
/// <item>A batch is read: one at a time, in the order of the file.</item>
/// <item>It is scored and judged: any number at a time.</item>
/// <item>Its results are kept: one at a time, in the order of the file, and first of all that is due, because it makes a batch free.</item>
/// </list>
/// No thread waits while any step is due, so every processor is busy whatever a step costs and whichever thread is held up; and the bytes do not depend on who did
/// what. Whoever fails ends all, and the caller meets the reason.
/// </summary>
internal sealed class BatchPipeline(BatchJob job, BatchKeeper keeper)
{
    /// <summary>Reading is one at a time: more threads than this would wait for it, and their batches only take memory.</summary>
    private const int MostThreads = 8;

    private readonly object gate = new();
    private readonly Stack<ScoreBatch> free = [];
    private readonly Queue<ScoreBatch> read = [];
    private readonly Dictionary<long, ScoreBatch> scored = [];
    private long reads;
    private long kept;
    private long inPart;
    private bool begun;
    private bool ended;
    private bool isReading;
    private bool isKeeping;
    private ExceptionDispatchInfo? failure;

    private enum Step
    {
        /// <summary>Everything is done, or somebody failed.</summary>
        None,

        Read,

        Score,

        Keep,
    }

    /// <param name="source">Stands behind the last part that counts.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Run(BatchSource source, CancellationToken cancellation)
    {
        begun = keeper.Skipped > 0;
        var threads = Math.Min(MostThreads, Environment.ProcessorCount + 1);
        for (var i = 0; i < 2 * threads; i++)
        {
            free.Push(job.NewBatch());
        }

        var others = Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => Work(source, cancellation)) { IsBackground = true, Name = "flyball scoring" }).ToList();
        others.ForEach(t => t.Start());
        Work(source, cancellation);
        others.ForEach(t => t.Join());
        failure?.Throw();
    }

    private void Work(BatchSource source, CancellationToken cancellation)
    {
        try
        {
            for (var step = Next(out var batch); step != Step.None; step = Next(out batch))
            {
                switch (step)
                {
                    case Step.Read:
                        cancellation.ThrowIfCancellationRequested();
                        Read(source, batch);
                        break;
                    case Step.Score:
                        job.Model.Score(batch);
                        batch.Judge(job.Serve.Answer);
                        break;
                    default:
                        keeper.Keep(batch);
                        break;
                }

                Done(step, batch);
            }
        }
        catch (Exception e)
        {
            lock (gate)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>Waits until a step is due, and takes it.</summary>
    private Step Next(out ScoreBatch batch)
    {
        lock (gate)
        {
            while (true)
            {
                batch = null!;
                if (failure is not null || (ended && kept == reads))
                {
                    return Step.None;
                }

                if (!isKeeping && scored.Remove(kept, out batch!))
                {
                    isKeeping = true;
                    return Step.Keep;
                }

                if (!isReading && !ended && free.TryPop(out batch!))
                {
                    isReading = true;
                    return Step.Read;
                }

                if (read.TryDequeue(out batch!))
                {
                    return Step.Score;
                }

                Monitor.Wait(gate);
            }
        }
    }

    private void Done(Step step, ScoreBatch batch)
    {
        lock (gate)
        {
            switch (step)
            {
                case Step.Read:
                    (isReading, ended) = (false, batch.EndsFile);
                    batch.Number = reads++;
                    read.Enqueue(batch);
                    break;
                case Step.Score:
                    scored.Add(batch.Number, batch);
                    break;
                default:
                    (isKeeping, kept) = (false, kept + 1);
                    free.Push(batch);
                    break;
            }

            Monitor.PulseAll(gate);
        }
    }

    private void Read(BatchSource source, ScoreBatch batch)
    {
        batch.Clear();
        batch.EndsFile = !source.Fill(batch, job.Terms.BatchRows);
        inPart += batch.Read;
        batch.EndsPart = batch.EndsFile ? inPart > 0 || !begun : inPart == job.Terms.PartRows;
        begun |= batch.EndsPart;
        inPart = batch.EndsPart ? 0 : inPart;
    }
}

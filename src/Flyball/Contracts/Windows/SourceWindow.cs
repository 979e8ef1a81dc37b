using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Windows;

/// <summary>
/// Collects the rows of small requests of one source, so that they are judged like a batch.
/// 1. Rows come in the order of the log, so where a window begins and ends does not depend on how they were cut into requests. 2. It closes at a number of rows,
/// or at the end of a period of absolute time when it has enough rows to be judged; else it goes on. 3. A closed one waits; while too many wait, the open one grows.
/// It begins empty at a start. Memory: what <see cref="MostClosed"/> + 1 observations take, however many rows come. Safe from any thread.
/// </summary>
internal sealed class SourceWindow(ContractPlan plan, QualityLog quality)
{
    private const int MostClosed = 8;

    private readonly Lock gate = new();
    private readonly Queue<ClosedWindow> closed = new();
    private BatchObservation? open;
    private long firstPeriod;
    private long lastKnown;

    /// <summary>Takes a stored row.</summary>
    /// <param name="row">In the order of the schema.</param>
    /// <param name="content">Stands for the whole row.</param>
    /// <param name="knownAt">In microseconds, never before an earlier one.</param>
    public void Add(ReadOnlySpan<Value> row, ulong content, long knownAt)
    {
        lock (gate)
        {
            var reference = quality.ReferenceOf(plan.Source);
            if (open is not null && !ReferenceEquals(open.Reference, reference))
            {
                open = null; // what was measured by another yardstick is not comparable
            }

            if (reference is null && !plan.Quality.JudgesWindows)
            {
                return;
            }

            EndPeriod(knownAt);
            if (open is null)
            {
                open = quality.NewObservation(plan);
                firstPeriod = PeriodOf(knownAt);
            }

            open.Add(row, content);
            lastKnown = knownAt;
            if (open.Rows >= plan.Window.Rows)
            {
                Close();
            }

            EndPeriod(knownAt);
        }
    }

    /// <summary>Closes the open window when its period has ended.</summary>
    public void CloseDue(long now)
    {
        lock (gate)
        {
            EndPeriod(now);
        }
    }

    /// <summary>Closes the open window, when it has enough rows: the program ends.</summary>
    public void CloseLast()
    {
        lock (gate)
        {
            if (open is { Rows: >= StatisticalGate.FewestRows })
            {
                Close();
            }
        }
    }

    /// <summary>The oldest closed window, which is the caller's from now on; null for none.</summary>
    public ClosedWindow? TakeClosed()
    {
        lock (gate)
        {
            return closed.TryDequeue(out var window) ? window : null;
        }
    }

    private void EndPeriod(long now)
    {
        if (open is { Rows: >= StatisticalGate.FewestRows } && PeriodOf(now) != firstPeriod)
        {
            Close();
        }
    }

    private void Close()
    {
        if (closed.Count < MostClosed)
        {
            closed.Enqueue(new ClosedWindow(open!, lastKnown));
            open = null;
        }
    }

    private long PeriodOf(long micros) => StatisticalCounts.Bucket(micros, plan.Window.PeriodMicros);
}

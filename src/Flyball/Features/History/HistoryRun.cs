using System.Collections.Concurrent;
using System.Globalization;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>
/// Point-in-time values for every row of a spine, in memory that grows with neither the events nor the spine.
/// 1. The spine's instants and keys go into parts by a stable hash of the key; then the events of those keys do, from all files at once.
/// 2. Part by part, on all cores, events are folded and the rows of the spine evaluated by the plans that serving uses.
/// 3. Values come back by ranges of ordinals, are put into order, and join the columns of the spine.
/// The bytes depend on the spine, the tables and the plan: not on the number of parts, threads or files, nor on what was spilled.
/// </summary>
internal sealed class HistoryRun(HistoryPlan plan, SpineTable spine, string lakeDirectory, HistoryOptions options, Action<string, string>? report = null)
{
    private const int MostParts = 256;
    private const int MostRanges = 256;
    private const int BytesOfRow = 48;
    private const int BytesOfCell = 12;

    private readonly HeldMemory memory = new(options.HeldBytes);

    /// <summary>Of each lane, once it is folded.</summary>
    public IReadOnlyList<LaneCount> Counts { get; private set; } = [];

    /// <summary>Rows of the spine in this run's bucket.</summary>
    public long Rows { get; private set; }

    /// <summary>Events read from the lake, each source once.</summary>
    public long Events { get; private set; }

    /// <summary>Bytes of rows that went through files.</summary>
    public long Spilled { get; private set; }

    /// <summary>Fills the table of found values beside the spine.</summary>
    /// <exception cref="Engine.Problems.FlyballException">The spine does not fit, or nothing of its past was known.</exception>
    public void Run()
    {
        HistoryOutput.CheckNames(plan, spine);
        var intakes = plan.Lanes.Select((lane, i) => new LaneIntake(lane, Scratch($"lane{i}"), PartsOf(lane), plan.Bucket, memory)).ToList();
        var results = plan.Lanes.Select((_, i) => new BlockStore(Scratch($"values{i}"), RangeCount, memory)).ToList();
        try
        {
            var keys = new SpineKeys(spine, intakes);
            keys.Read(plan.Bucket);
            Rows = keys.Rows;
            Report("spine", $"{Rows:N0} of {spine.Rows:N0} rows");
            Gather(intakes, keys);
            Counts = [.. intakes.Select((intake, i) => Fold(intake, results[i]))];
            Report("features", $"{plan.Shape.Columns.Count} columns of {plan.Lanes.Count} lanes");
            RefuseUnknown();
            Spilled = intakes.Sum(i => i.Events.Spilled + i.Spine.Spilled) + results.Sum(r => r.Spilled);
            if (Spilled > 0)
            {
                // DuckDB takes its share from here on, and knows nothing of what the collector holds back.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }

            HistoryOutput.Fill(plan, spine, results, RangeRows, options.Parallelism);
        }
        finally
        {
            intakes.ForEach(i => i.Dispose());
            results.ForEach(r => r.Dispose());
        }
    }

    /// <summary>Where a long spine needs longer ranges, they are whole row groups of the result.</summary>
    private long RangeRows => spine.Rows / MostRanges < options.RangeRows
        ? options.RangeRows
        : ((spine.Rows / MostRanges / HistoryOutput.RowGroupRows) + 1) * HistoryOutput.RowGroupRows;

    private int RangeCount => (int)((spine.Rows / RangeRows) + 1);

    private string Scratch(string name) => Path.Combine(spine.Folder, name);

    private int PartsOf(HistoryLane lane)
    {
        var bytes = plan.TableOf(lane.Source).Files.Sum(f => f.Rows) * (BytesOfRow + (BytesOfCell * (long)lane.Columns.Count)) / plan.Bucket.Count;
        return (int)Math.Clamp(bytes / options.PartBytes, options.Parallelism * 4, MostParts);
    }

    private void Gather(List<LaneIntake> intakes, SpineKeys keys)
    {
        long rows = 0;
        foreach (var lanes in intakes.GroupBy(i => i.Lane.Source.Source, StringComparer.Ordinal).Select(g => g.ToList()))
        {
            // One file a work item: a file is checked and read at a time, and rows may come in any order.
            var source = lanes[0].Lane.Source;
            var table = plan.TableOf(source);
            var readers = InParallel(table.Files.Count, () => new LakeIntake(lakeDirectory, source, lanes, keys.Latest), (at, intake) =>
            {
                var before = intake.Rows;
                intake.Read(table with { Files = [table.Files[at]] });
                Report("events", $"{Interlocked.Add(ref rows, intake.Rows - before):N0} rows of {source.Source} and before");
            });
            foreach (var reader in readers)
            {
                reader.Close();
            }
        }

        Events = rows;
    }

    private LaneCount Fold(LaneIntake intake, BlockStore results)
    {
        var folds = InParallel(intake.Events.Parts, () => new PartFold(intake.Lane, plan.Visibility, results, RangeRows), (part, fold) =>
        {
            using var events = intake.Events.Take(part);
            using var asked = intake.Spine.Take(part);
            fold.Fold(events, asked);
        });
        var count = default(LaneCount);
        foreach (var fold in folds)
        {
            fold.Close();
            count += fold.Count;
        }

        return count;
    }

    /// <summary>
    /// Work items one at a time to each thread, whatever their size; the first failure is thrown as it is. A worker is made when none is idle: the
    /// loop's own thread-local state would be made anew each time the scheduler renews its tasks, and what that gathers would stay.
    /// </summary>
    /// <returns>The workers, at most one a thread.</returns>
    private ConcurrentStack<T> InParallel<T>(int count, Func<T> newWorker, Action<int, T> work)
    {
        var idle = new ConcurrentStack<T>();
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, count), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism },
                at =>
                {
                    var worker = idle.TryPop(out var found) ? found : newWorker();
                    work(at, worker);
                    idle.Push(worker);
                });
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return idle;
    }

    private void RefuseUnknown()
    {
        if (plan.AllowsEmpty || !plan.Bucket.IsWhole || plan.Visibility.Mode != VisibilityMode.AsKnown)
        {
            return;
        }

        for (var i = 0; i < plan.Lanes.Count; i++)
        {
            if (plan.Lanes[i].ReachMicros == 0 && Counts[i] is { Happened: > 0, Known: 0 } count)
            {
                throw HistoryProblems.NothingKnown(plan.Lanes[i].Source.Source, count);
            }
        }
    }

    private void Report(string step, FormattableString detail) => report?.Invoke(step, detail.ToString(CultureInfo.InvariantCulture));
}

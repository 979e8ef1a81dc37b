using Flyball.Access;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// Puts a file of history into the log, batch by batch. In a source with a primary key it may be stopped and run again at any point: what
/// is stored already counts as duplicates.
/// </summary>
public static class EventImport
{
    private const int RowsPerBatch = 2_000;

    private const int BatchesOnTheWay = 4;

    /// <param name="log">Replayed.</param>
    /// <param name="source">The source the rows belong to.</param>
    /// <param name="path">See <see cref="EventFile"/> for the forms.</param>
    /// <param name="knownAt">History that is imported today with an assigned known-at is invisible to any prediction instant before today; state
    /// <see cref="KnownAtPolicy.EventTime"/> when the rows were known as they happened.</param>
    /// <param name="caller">Who imports.</param>
    /// <param name="onProgress">Called after each batch.</param>
    /// <param name="ct">Stops between batches; what was reported is durable.</param>
    /// <exception cref="FlyballException">FLY4004: no such source. FLY3004: the file is unusable, or damaged after the rows reported so far.</exception>
    public static async Task<ImportProgress> RunAsync(
        EventLog log, string source, string path, KnownAtPolicy knownAt, Caller caller, Action<ImportProgress>? onProgress, CancellationToken ct)
    {
        var plan = log.Contracts.Find(source)
            ?? throw new FlyballException(new Problem("FLY4004", $"There is no contract for the source '{source}'.", Remedy: "Write one, or name another source."));
        using var file = EventFile.Open(path, plan);
        var observation = log.Quality.NewObservation(plan);
        RefuseWhatHolds(plan, path, log, observation, ct);
        var pipeline = new Pipeline(log, source, new IngestTerms(caller, knownAt, IsPart: true), observation, onProgress);
        try
        {
            while (file.Fill(pipeline.Next, RowsPerBatch))
            {
                await pipeline.SendAsync(ct);
            }
        }
        finally
        {
            // A damaged file or a stop does not lose sight of what is on its way.
            await pipeline.DrainAsync();
        }

        if (pipeline.Total.Accepted > 0)
        {
            await log.Quality.SettleAsync(plan, observation, caller, log.Applied, ct);
        }

        return pipeline.Total;
    }

    /// <summary>When a rule may hold the file, all of it is read and judged before any of it is stored.</summary>
    private static void RefuseWhatHolds(ContractPlan plan, string path, EventLog log, BatchObservation observation, CancellationToken ct)
    {
        if (!plan.Quality.CanHold)
        {
            return;
        }

        using var file = EventFile.Open(path, plan);
        using var batch = log.NewBatch(plan.Source)!;
        batch.ObserveInto(observation);
        while (file.Fill(batch, RowsPerBatch))
        {
            ct.ThrowIfCancellationRequested();
            batch.Clear();
        }

        if (plan.Quality.Judge(observation) is { Holds: true } verdict)
        {
            throw new FlyballException(QualityLog.Refusal(verdict));
        }

        observation.Clear();
    }

    /// <summary>Reads ahead while earlier batches are being synced. Batches are sent in file order.</summary>
    private sealed class Pipeline(EventLog log, string source, IngestTerms terms, BatchObservation observation, Action<ImportProgress>? onProgress)
    {
        private readonly Stack<RowBatch> free = [];
        private readonly Queue<(RowBatch Batch, Task<IngestOutcome> Outcome)> sent = [];
        private RowBatch? next;

        public ImportProgress Total { get; private set; } = new(0, 0, 0, 0);

        /// <summary>The batch to fill.</summary>
        public RowBatch Next => next ??= free.TryPop(out var batch) ? batch : NewBatch();

        public async Task SendAsync(CancellationToken ct)
        {
            sent.Enqueue((Next, log.IngestAsync(Next, terms, ct).AsTask()));
            next = null;
            if (sent.Count == BatchesOnTheWay)
            {
                await SettleAsync();
            }
        }

        public async Task DrainAsync()
        {
            while (sent.Count > 0)
            {
                await SettleAsync();
            }

            next?.Dispose();
            foreach (var batch in free)
            {
                batch.Dispose();
            }
        }

        private RowBatch NewBatch()
        {
            var batch = log.NewBatch(source)!;
            batch.ObserveInto(observation);
            return batch;
        }

        private async Task SettleAsync()
        {
            var (batch, outcome) = sent.Dequeue();
            var report = (await outcome).Report!;
            Total = new ImportProgress(
                Total.Received + report.Received, Total.Accepted + report.Accepted, Total.Quarantined + report.Quarantined, Total.Duplicates + report.Duplicates);
            batch.Clear();
            free.Push(batch);
            onProgress?.Invoke(Total);
        }
    }
}

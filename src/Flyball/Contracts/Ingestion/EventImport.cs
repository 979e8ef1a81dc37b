using System.Runtime.ExceptionServices;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// Puts a file of history into the log, batch by batch. It may be stopped and run again at any point: what is stored already counts as
/// duplicates. In a source with a primary key that holds row by row; in one without, batch by batch of the very same file.
/// </summary>
public static class EventImport
{
    // Both bounds name the batches of a file in the journal: with others, a file that was imported before would be taken for a new one.
    private const int RowsPerBatch = 8_192;
    private const long BytesPerBatch = 4 << 20;

    private const int BatchesOnTheWay = 4;

    /// <param name="log">Replayed.</param>
    /// <param name="source">The source the rows belong to.</param>
    /// <param name="path">See <see cref="EventFile"/> for the forms.</param>
    /// <param name="knownAt">History that is imported today with an assigned known-at is invisible to any prediction instant before today; state
    /// <see cref="KnownAtPolicy.EventTime"/> when the rows were known as they happened, or the column that says when.</param>
    /// <param name="caller">Who imports.</param>
    /// <param name="onProgress">Called after each batch.</param>
    /// <param name="ct">Stops between batches; what was reported is durable.</param>
    /// <exception cref="FlyballException">FLY4004: no such source. FLY3004: the file is unusable, or damaged, and nothing of it was stored. FLY3020
    /// and FLY3021: the source has no such known-at. FLY4091: the same file is being imported. FLY2001: the log is broken.</exception>
    public static async Task<ImportProgress> RunAsync(
        EventLog log, string source, string path, KnownAtPolicy knownAt, Caller caller, Action<ImportStep>? onProgress, CancellationToken ct)
    {
        var plan = log.Contracts.Find(source)
            ?? throw new FlyballException(new Problem("FLY4004", $"There is no contract for the source '{source}'.", Remedy: "Write one, or name another source."));
        var column = Check(plan, knownAt);
        var earlier = log.Earlier.NewReader(source, knownAt.Column);
        using var file = EventFile.Open(path, new EventFileTerms(plan, column, earlier));
        var digest = await DigestAsync(path, ct);
        var observation = log.Quality.NewObservation(plan);
        CheckWhole();
        var verdict = plan.Quality.CanHold ? Judge() : BatchVerdict.Clean;
        var pipeline = new Pipeline(NewBatch, SendAsync, onProgress, plan.Relationships.Any(r => string.Equals(r.TargetSource, source, StringComparison.Ordinal)) ? 1 : BatchesOnTheWay);
        try
        {
            while (file.Fill(pipeline.Next, RowsPerBatch, BytesPerBatch))
            {
                await pipeline.SendAsync(file.Share, ct);
            }
        }
        finally
        {
            // A damaged file or a stop does not lose sight of what is on its way.
            await pipeline.DrainAsync();
        }

        if (pipeline.Total.Accepted + pipeline.Total.Held == 0)
        {
            observation.Release();
            return pipeline.Total;
        }

        return pipeline.Total with { Findings = (await log.Quality.SettleAsync(plan, observation, caller, log.Applied, Now(), ct)).Findings };

        RowBatch NewBatch()
        {
            var batch = log.NewBatch(source, knownAt)!;
            batch.ObserveInto(observation);
            return batch;
        }

        // A file that is damaged somewhere adds nothing: sent again when it is mended, it is another file, and in a source without a key its
        // first rows would be stored twice.
        void CheckWhole()
        {
            using var whole = EventFile.Open(path, new EventFileTerms(plan, column, earlier, CountsLines: true));
            whole.Check(ct);
        }

        // When a rule may hold the file, all of it is read and judged before any of it is stored.
        BatchVerdict Judge()
        {
            using var whole = EventFile.Open(path, new EventFileTerms(plan, column, earlier));
            using var batch = NewBatch();
            while (whole.Fill(batch, RowsPerBatch, BytesPerBatch))
            {
                ct.ThrowIfCancellationRequested();
                batch.Settle();
                batch.Clear();
            }

            var judged = plan.Quality.Judge(observation, Now());
            observation.Clear();
            return judged;
        }

        // The file that gives a source its first rows is history: it is late on purpose.
        EventTime? Now() => observation.Reference is null ? null : log.Now;

        async Task<IngestReport> SendAsync(RowBatch batch, long number, CancellationToken cancellation)
        {
            var part = new FilePart(digest, number);
            var outcome = await log.IngestAsync(batch, new IngestTerms(caller, knownAt) { Part = part }, verdict, part.HoldName, cancellation);
            return outcome.Report ?? throw new FlyballException(outcome.Problem!);
        }
    }

    private static KnownAtColumn? Check(ContractPlan plan, KnownAtPolicy knownAt)
    {
        if (knownAt.IsEventTime && plan.IsTimedByArrival)
        {
            throw new FlyballException(new Problem(
                "FLY3020",
                $"The source '{plan.Source}' has no column of event time: its rows are true, and known, from their arrival on.",
                new ProblemLocation(Field: "known_at"),
                "Leave known-at out, or name a column that holds it."));
        }

        var column = knownAt.Column is { } name ? new KnownAtColumn(plan, name) : null;
        return column is null or { IsTimestamp: true }
            ? column
            : throw new FlyballException(new Problem(
                "FLY3021", $"The column '{column.Name}' holds no timestamps, so it cannot say when a row was known.", new ProblemLocation(Field: "known_at"), "Name another column, now, or event_time."));
    }

    private static async Task<Digest> DigestAsync(string path, CancellationToken ct)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        return Digest.FromBytes(await System.Security.Cryptography.SHA256.HashDataAsync(content, ct));
    }

    /// <summary>Reads ahead while earlier batches are being synced. Batches are sent in file order.</summary>
    /// <remarks>With one batch on the way, rows of a source that refers to itself find the parents of earlier batches stored.</remarks>
    private sealed class Pipeline(Func<RowBatch> make, Func<RowBatch, long, CancellationToken, Task<IngestReport>> send, Action<ImportStep>? onProgress, int onTheWay)
    {
        private readonly Stack<RowBatch> free = [];
        private readonly Queue<(RowBatch Batch, double Share, Task<IngestReport> Report)> sent = [];
        private RowBatch? next;
        private long number;

        public ImportProgress Total { get; private set; } = new(0, 0, 0, 0);

        /// <summary>The batch to fill.</summary>
        public RowBatch Next => next ??= free.TryPop(out var batch) ? batch : make();

        public async Task SendAsync(double share, CancellationToken ct)
        {
            sent.Enqueue((Next, share, send(Next, number++, ct)));
            next = null;
            if (sent.Count == onTheWay)
            {
                await SettleAsync();
            }
        }

        public async Task DrainAsync()
        {
            ExceptionDispatchInfo? first = null;
            while (sent.Count > 0)
            {
                try
                {
                    await SettleAsync();
                }
                catch (Exception e)
                {
                    // The others are on their way all the same: they are waited for, and what became durable is counted.
                    first ??= ExceptionDispatchInfo.Capture(e);
                }
            }

            next?.Dispose();
            foreach (var batch in free)
            {
                batch.Dispose();
            }

            first?.Throw();
        }

        private async Task SettleAsync()
        {
            var (batch, share, settled) = sent.Dequeue();
            var report = await settled;
            Total = new ImportProgress(
                Total.Received + report.Received,
                Total.Accepted + report.Accepted,
                Total.Quarantined + report.Quarantined,
                Total.Duplicates + report.Duplicates,
                Total.Held + report.Held,
                report.Batch ?? Total.Batch);
            batch.Clear();
            free.Push(batch);
            onProgress?.Invoke(new ImportStep(Total, share));
        }
    }
}

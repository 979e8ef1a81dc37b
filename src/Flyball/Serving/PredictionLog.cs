using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Serving;

/// <summary>
/// The prediction log. As a rule best effort: bounded and batched, it never slows serving; a record that finds the queue full is
/// dropped and counted. A model may ask for more: then an answer waits until its record is durable.
/// </summary>
public sealed class PredictionLog(Journal journal)
{
    public const string Stream = "predictions";

    /// <summary>How long an answer waits for its record. A disk that takes longer is no disk to answer by.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private static readonly byte[] Logged = [1];

    private long dropped;

    /// <summary>Records that found the queue full since the start.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    public Journal Journal => journal;

    public void Post(PredictionRecord record)
    {
        if (!journal.TryPost(new JournalBatch([Entry(record)])))
        {
            Interlocked.Increment(ref dropped);
            ServingMeters.Dropped();
        }
    }

    /// <summary>Logs records, all or none, and waits until they are durable.</summary>
    /// <returns>FLY5002 when the log does not take them in time; null when they are kept.</returns>
    public async ValueTask<Problem?> TryAppendAsync(IReadOnlyList<PredictionRecord> records, CancellationToken cancellation)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        waiting.CancelAfter(LongestWait);
        try
        {
            // What is queued cannot be withdrawn: after a refusal the record may still stand in the log, as an answer that nobody got.
            await journal.AppendAsync(new JournalBatch([.. records.Select(Entry)]), waiting.Token).AsTask().WaitAsync(waiting.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unlogged("it did not take the record in time");
        }
        catch (FlyballException e)
        {
            return Unlogged(e.Problem.Message);
        }
    }

    /// <summary>Logs records under a name, all or none, and waits until they are durable. A name that was used before has its records already.</summary>
    /// <param name="name">Of the work; also that of its repetition after a crash.</param>
    /// <returns>The records that stand in the log under the name: these, or those of the first time; or FLY5002 when the log takes none.</returns>
    internal async ValueTask<DeskAnswer> AppendOnceAsync(string name, IReadOnlyList<PredictionRecord> records, CancellationToken cancellation)
    {
        // An answer, however short, lets old names be forgotten: only the last ones can come again.
        var key = new IdempotencyKey("once " + name, Digest.Of(name), Logged);
        try
        {
            var receipt = await journal.AppendAsync(new JournalBatch([.. records.Select(Entry)], key), cancellation);
            return receipt.Outcome switch
            {
                AppendOutcome.Appended => new DeskAnswer(records, null),
                AppendOutcome.Replayed => new DeskAnswer(
                    [.. LoggedPredictions.Between(journal, new Horizon(receipt.First.Seq - 1), receipt.Last, cancellation).Select(r => r.Record)], null),
                _ => new DeskAnswer([], Unlogged("the same record is on its way")),
            };
        }
        catch (FlyballException e)
        {
            return new DeskAnswer([], Unlogged(e.Problem.Message));
        }
    }

    private static JournalEntry Entry(PredictionRecord record) => new(Stream, PredictionCodec.Encode(record));

    private static Problem Unlogged(string why) =>
        new("FLY5002", $"This model answers only what is logged, and the prediction log cannot be written: {why}", Remedy: "Retry; if it lasts, look at /health/ready and the disk.");
}

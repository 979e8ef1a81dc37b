using Flyball.Storage.Journals;

namespace Flyball.Serving;

/// <summary>
/// The prediction log, class <c>best_effort</c>: bounded and batched, it never slows serving; a record that finds the queue full is
/// dropped and counted.
/// </summary>
public sealed class PredictionLog(Journal journal)
{
    public const string Stream = "predictions";

    private long dropped;

    /// <summary>Records that found the queue full since the start.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    public Journal Journal => journal;

    public void Post(PredictionRecord record)
    {
        var entry = new JournalEntry(Stream, PredictionCodec.Encode(record));
        if (!journal.TryPost(new JournalBatch([entry])))
        {
            Interlocked.Increment(ref dropped);
            ServingMeters.Dropped();
        }
    }
}

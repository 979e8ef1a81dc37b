using Flyball.Contracts.Quarantine;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Holds;

/// <summary>Reads held batches back from the log.</summary>
internal static class HoldListing
{
    /// <summary>Held rows of a batch in their stored form, after a position.</summary>
    public static IReadOnlyList<(long Seq, JournalRecord Record)> Rows(EventLog log, HeldBatch batch, long after, int limit)
    {
        var positions = batch.Parts.SelectMany(p => Enumerable.Range(1, p.Part.Rows).Select(i => p.Part.Seq + i)).Where(s => s > after).Take(limit).ToList();
        return [.. log.ReadAt(positions).Select(r => (r.Seq, r))];
    }

    /// <summary>The decisions about a batch, in the order of its parts.</summary>
    public static IReadOnlyList<DecisionRecord> Decisions(EventLog log, HeldBatch batch) =>
        [.. log.ReadAt([.. batch.Parts.Select(p => p.DecisionSeq).OfType<long>().Order()]).Select(r => DecisionRecord.Decode(r))];
}

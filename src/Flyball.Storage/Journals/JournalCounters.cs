namespace Flyball.Storage.Journals;

/// <summary>Counts since the journal was opened.</summary>
/// <param name="Appends">Batches that became durable.</param>
/// <param name="Records">Records in them.</param>
/// <param name="Bytes">Bytes written for them.</param>
/// <param name="Syncs">Group commits: one write and one sync each.</param>
/// <param name="Dropped">Best-effort batches that were refused because the queue was full or the journal broken.</param>
public readonly record struct JournalCounters(long Appends, long Records, long Bytes, long Syncs, long Dropped);

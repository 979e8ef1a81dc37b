namespace Flyball.Storage.Journals;

/// <summary>Records that become durable together or not at all: one frame of the journal.</summary>
/// <param name="Entries">At least one.</param>
/// <param name="Key">Makes a repeat of the batch harmless.</param>
/// <param name="Carried">Given to the subscribers of batches with it, and never stored: what the appender knows of the records already.</param>
public sealed record JournalBatch(IReadOnlyList<JournalEntry> Entries, IdempotencyKey? Key = null, object? Carried = null);

namespace Flyball.Storage.Journals;

/// <summary>Records that become durable together or not at all: one frame of the journal.</summary>
/// <param name="Entries">At least one.</param>
/// <param name="Key">Makes a repeat of the batch harmless.</param>
public sealed record JournalBatch(IReadOnlyList<JournalEntry> Entries, IdempotencyKey? Key = null);

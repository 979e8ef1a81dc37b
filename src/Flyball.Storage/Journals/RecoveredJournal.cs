using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>What recovery hands to the journal.</summary>
/// <param name="Segments">All segments, oldest first; empty in a new journal.</param>
/// <param name="End">Where the next frame goes in the last of them.</param>
/// <param name="Keys">The idempotency keys of all frames.</param>
/// <param name="Assigned">The last known-at that was assigned and not stated.</param>
/// <param name="Report">For the operator.</param>
internal sealed record RecoveredJournal(
    List<Segment> Segments, long End, IdempotencyIndex Keys, KnownAt Assigned, JournalRecovery Report);

using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>The answer to an append; given only when what it states is durable.</summary>
/// <param name="Outcome">What became of the batch.</param>
/// <param name="First">The first record's sequence number; for a replay, that of the first time. 0 when nothing was written under this request.</param>
/// <param name="Last">The last record's sequence number, likewise.</param>
/// <param name="Answer">The answer stored with the key; empty without one.</param>
public readonly record struct AppendReceipt(AppendOutcome Outcome, Horizon First, Horizon Last, ReadOnlyMemory<byte> Answer);

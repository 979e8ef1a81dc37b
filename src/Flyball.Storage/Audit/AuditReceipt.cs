using Flyball.Engine.Identity;

namespace Flyball.Storage.Audit;

/// <summary>Proof that an entry was written: it is durable and covered by a signed checkpoint.</summary>
/// <param name="Index">The entry's place, from 0.</param>
/// <param name="Leaf">The entry's leaf hash.</param>
/// <param name="Checkpoint">The first checkpoint that covers it.</param>
public sealed record AuditReceipt(long Index, Digest Leaf, AuditCheckpoint Checkpoint);

using Flyball.Access;
using Flyball.Engine.Identity;

namespace Flyball.Contracts;

/// <summary>How a batch goes into the log.</summary>
/// <param name="Caller">Who sends it.</param>
/// <param name="KnownAt">Where known-at comes from.</param>
/// <param name="Key">The caller's idempotency key, with <paramref name="Request"/>.</param>
/// <param name="Request">Digest of what was sent; only read with a key.</param>
/// <param name="IsPart">The batch is a part of a file that is judged as a whole by who sends it.</param>
public sealed record IngestTerms(Caller Caller, KnownAtPolicy KnownAt = KnownAtPolicy.Assigned, string? Key = null, Digest Request = default, bool IsPart = false);

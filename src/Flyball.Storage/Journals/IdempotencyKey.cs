using Flyball.Engine.Identity;

namespace Flyball.Storage.Journals;

/// <summary>A caller's name for one request, stored in the same frame as what the request wrote.</summary>
/// <param name="Key">1 to 1,024 bytes of UTF-8.</param>
/// <param name="Request">Digest of the request: the same key with another digest is refused.</param>
/// <param name="Answer">What a repeat is answered with. A key without one is never forgotten; one with one makes room for newer ones (<see cref="JournalOptions.IdempotencyKeys"/>).</param>
public sealed record IdempotencyKey(string Key, Digest Request, ReadOnlyMemory<byte> Answer);

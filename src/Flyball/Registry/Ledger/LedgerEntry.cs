namespace Flyball.Registry.Ledger;

/// <summary>One change of the registry: who, when, why, from what to what. Never changed, and bound to the one before by its hash.</summary>
/// <param name="Seq">1, 2, 3 and so on in the whole registry.</param>
/// <param name="At">RFC 3339; never before the entry before it.</param>
/// <param name="Model">The model's name at the time.</param>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="Name">The alias or the tag's key; null for the rest.</param>
/// <param name="Version">Null when it is about the model itself.</param>
/// <param name="Digest">Of the version at the time.</param>
/// <param name="Old">What held before; null when nothing did. A long text is named by its digest, <c>sha256:</c> and 64 digits.</param>
/// <param name="New">What held from then on; null when nothing did.</param>
/// <param name="AuthMethod">How the actor was known; <c>unrecorded</c> for entries of a time that did not keep it.</param>
/// <param name="Hash">SHA-256 of this entry as canonical JSON together with the hash before.</param>
public sealed record LedgerEntry(
    long Seq,
    string At,
    string Model,
    string Kind,
    string? Name,
    int? Version,
    string? Digest,
    string? Old,
    string? New,
    string Actor,
    string AuthMethod,
    string? Reason,
    string Hash);

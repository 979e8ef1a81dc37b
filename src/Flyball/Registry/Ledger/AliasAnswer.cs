namespace Flyball.Registry.Ledger;

/// <summary>Which version an alias stood for at an instant.</summary>
/// <param name="AsOf">The instant, RFC 3339.</param>
/// <param name="Version">Null when the alias stood for nothing then.</param>
/// <param name="Digest">Of the version at the time; it may have been deleted since.</param>
/// <param name="Since">When it came to stand for it.</param>
/// <param name="Actor">Who moved it there.</param>
/// <param name="Seq">The entry of the ledger that says so.</param>
public sealed record AliasAnswer(string Model, string Alias, string AsOf, int? Version, string? Digest, string? Since, string? Actor, string? Reason, long? Seq);

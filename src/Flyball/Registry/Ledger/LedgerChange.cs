namespace Flyball.Registry.Ledger;

/// <summary>A change that is to be entered.</summary>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="Name">The alias or the tag's key.</param>
internal sealed record LedgerChange(string Kind, string? Name, string? Old, string? New, int? Version = null, string? Digest = null);

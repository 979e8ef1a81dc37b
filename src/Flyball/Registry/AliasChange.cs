namespace Flyball.Registry;

/// <summary>One move of an alias: the history answers which version was champion at any time.</summary>
/// <param name="Ordinal">1, 2, 3 and so on within the model.</param>
/// <param name="Alias"><c>champion</c> or <c>previous</c>.</param>
/// <param name="FromVersion">Null when the alias was new.</param>
/// <param name="MovedAt">RFC 3339.</param>
public sealed record AliasChange(int Ordinal, string Alias, int? FromVersion, int ToVersion, string Actor, string? Reason, string MovedAt);

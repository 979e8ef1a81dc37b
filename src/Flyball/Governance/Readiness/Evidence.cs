namespace Flyball.Governance.Readiness;

/// <summary>Something stored that answers a question.</summary>
/// <param name="Kind">Such as <c>bundle member</c>, <c>run</c>, <c>gate</c>, <c>approval</c>, <c>contract</c>, <c>document</c>.</param>
/// <param name="Name">Which one.</param>
/// <param name="Digest">SHA-256 of it, or of what it is kept as.</param>
public sealed record Evidence(string Kind, string Name, string Digest);

namespace Flyball.Contracts.Holds;

/// <summary>The body of a decision about a held batch.</summary>
/// <param name="Reason">Why.</param>
internal sealed record HoldRequest(string Reason);

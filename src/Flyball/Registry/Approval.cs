namespace Flyball.Registry;

/// <summary>One decision of an approver. It holds for the bundle with this digest and for nothing else.</summary>
/// <param name="Decision"><c>approved</c>, <c>refused</c>, or <c>commented</c>, which decides nothing.</param>
/// <param name="BreakGlass">Approved although the version had been refused.</param>
/// <param name="DecidedAt">RFC 3339.</param>
/// <param name="ExpiresAt">When an approval stops to hold, RFC 3339; null when it does not.</param>
public sealed record Approval(
    string Digest, string Decision, bool BreakGlass, string Actor, string AuthMethod, string? Reason, string DecidedAt, string? ExpiresAt = null);

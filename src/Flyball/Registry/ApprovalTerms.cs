namespace Flyball.Registry;

/// <summary>How an approver approves.</summary>
/// <param name="Reason">Their comment; needed to break the glass.</param>
/// <param name="OverrideGates">Approve although the version was refused: recorded as such.</param>
/// <param name="ValidForMicros">How long the approval lets the version be promoted; null for always.</param>
public sealed record ApprovalTerms(string? Reason = null, bool OverrideGates = false, long? ValidForMicros = null);

namespace Flyball.Registry;

/// <summary>Body of an approval or a refusal.</summary>
/// <param name="Override">Approve although the version was refused; needs a reason.</param>
internal sealed record VersionDecision(string? Reason = null, bool Override = false);

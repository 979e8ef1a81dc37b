namespace Flyball.Registry;

/// <summary>Body of an approval or a refusal.</summary>
/// <param name="Override">Approve although the version was refused; needs a reason.</param>
/// <param name="ValidFor">How long the approval lets the version be promoted, such as <c>30d</c>; always when it is left out.</param>
internal sealed record VersionDecision(string? Reason = null, bool Override = false, string? ValidFor = null);

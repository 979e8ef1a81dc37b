namespace Flyball.Governance.Readiness;

/// <param name="Test">Which one.</param>
/// <param name="Status"><see cref="Automated"/>, <see cref="Documented"/> or <see cref="NotThere"/>.</param>
/// <param name="Points">1, 0.5 or 0.</param>
/// <param name="Finding">What was found.</param>
internal sealed record TestOutcome(ReadinessTest Test, string Status, double Points, Finding Finding)
{
    public const string Automated = "automated";
    public const string Documented = "documented";
    public const string NotThere = "missing";
}

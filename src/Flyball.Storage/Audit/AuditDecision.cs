namespace Flyball.Storage.Audit;

/// <summary>What became of the action.</summary>
public enum AuditDecision
{
    Allow,
    Deny,
}

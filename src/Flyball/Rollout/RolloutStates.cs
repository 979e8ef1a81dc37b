namespace Flyball.Rollout;

/// <summary>The states of a rollout, as the catalog and the API name them.</summary>
public static class RolloutStates
{
    /// <summary>Collecting evidence at its present step.</summary>
    public const string Running = "running";

    /// <summary>Undecided and waiting for a person; a breach still rolls it back.</summary>
    public const string Held = "held";

    /// <summary>Decided: the registry's champion is being moved.</summary>
    public const string Promoting = "promoting";

    public const string Promoted = "promoted";

    /// <summary>A guardrail was breached.</summary>
    public const string RolledBack = "rolled_back";

    /// <summary>A person ended it.</summary>
    public const string Aborted = "aborted";

    /// <summary>Whether the state still has a say over traffic.</summary>
    public static bool IsActive(string state) => state is Running or Held or Promoting;
}

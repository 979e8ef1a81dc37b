namespace Flyball.Contracts.Quality;

/// <summary>What happens to data that breaks a rule. Ordered by weight.</summary>
public enum RuleOutcome
{
    /// <summary>It is written down, and nothing else.</summary>
    Record,

    /// <summary>It is reported to people; the data goes in.</summary>
    Alert,

    /// <summary>The row is put aside and the rest goes in.</summary>
    Quarantine,

    /// <summary>The whole batch waits for a decision: nothing of it is seen by features or training until it is released.</summary>
    Hold,
}

namespace Flyball.Contracts.Quarantine;

/// <summary>What was decided about a row in quarantine.</summary>
public enum RowOutcome
{
    /// <summary>It passed the contract and is in the log.</summary>
    Released,

    /// <summary>It was released and is in the log already, from another sending: nothing was appended.</summary>
    Duplicate,

    /// <summary>It will not go in.</summary>
    Discarded,
}

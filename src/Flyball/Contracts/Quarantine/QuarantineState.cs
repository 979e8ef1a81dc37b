namespace Flyball.Contracts.Quarantine;

/// <summary>Where a row in quarantine stands.</summary>
public enum QuarantineState
{
    /// <summary>Nobody has decided.</summary>
    Open,

    /// <summary>It went into the log, or was there already.</summary>
    Released,

    /// <summary>It will not go in.</summary>
    Discarded,
}

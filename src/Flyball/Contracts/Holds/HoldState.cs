namespace Flyball.Contracts.Holds;

/// <summary>Where a held batch stands.</summary>
public enum HoldState
{
    /// <summary>Nobody has decided: nothing of it is seen.</summary>
    Open,

    /// <summary>Its release was cut short, by a crash or a full disk: releasing it again goes on.</summary>
    Releasing,

    /// <summary>It went in.</summary>
    Released,

    /// <summary>It will not go in; its keys are free.</summary>
    Discarded,
}

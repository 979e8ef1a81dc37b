namespace Flyball.Access;

/// <summary>What a caller may do. Every route names one; a route without is a failing test.</summary>
public enum Permission
{
    /// <summary>Health, metrics and the interface description: open to whoever reaches the port.</summary>
    Open,

    /// <summary>Read definitions, runs, versions, rollouts, alerts and feature values.</summary>
    Read,

    /// <summary>Append events and outcomes.</summary>
    WriteEvents,

    /// <summary>Ask for predictions.</summary>
    Predict,

    /// <summary>Apply definitions, train, retrain, register versions.</summary>
    Build,

    /// <summary>Approve or refuse a version.</summary>
    Approve,

    /// <summary>Start, abort and roll back rollouts, run checks.</summary>
    Operate,

    /// <summary>Read and export the audit log.</summary>
    Audit,
}

namespace Flyball.Contracts.Versions;

/// <summary>How far a change moves a contract's version.</summary>
public enum VersionStep
{
    /// <summary>Nothing changed.</summary>
    None,

    /// <summary>Words only: no row and no reader can tell.</summary>
    Patch,

    /// <summary>Every row that was accepted still is, and every reader of the old columns still works.</summary>
    Minor,

    /// <summary>A row that was accepted may be refused, or a reader of the old columns may break.</summary>
    Major,
}

namespace Flyball.Contracts.Quarantine;

/// <summary>What is kept of a row that was put aside.</summary>
public enum KeptForm
{
    /// <summary>The JSON text of a row.</summary>
    Json,

    /// <summary>A row in the stored form of its contract.</summary>
    Stored,

    /// <summary>A row of a delimited file.</summary>
    Delimited,

    /// <summary>Text that is no row.</summary>
    Text,

    /// <summary>Nothing but length and digest: it could not be read, and its contract holds personal fields.</summary>
    Withheld,
}

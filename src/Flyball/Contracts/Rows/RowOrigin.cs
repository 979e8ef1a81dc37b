namespace Flyball.Contracts.Rows;

/// <summary>Where a row comes from, which decides what of its contract is asked.</summary>
internal enum RowOrigin
{
    /// <summary>From a sender: everything.</summary>
    Door,

    /// <summary>From the log, which it entered by an older contract perhaps: its types.</summary>
    Stored,

    /// <summary>From quarantine, as it was sent: everything, but values replaced on arrival are taken as they are.</summary>
    Kept,

    /// <summary>From quarantine or a held batch, in stored form.</summary>
    KeptStored,
}

namespace Flyball.Registry.Ledger;

/// <summary>What checking the ledger's hashes found.</summary>
/// <param name="Entries">How many were checked.</param>
/// <param name="Head">The last hash; empty for an empty ledger.</param>
/// <param name="BrokenAt">The first entry that is not what its hash says, or is missing; null when all hold.</param>
public sealed record LedgerVerdict(long Entries, string Head, long? BrokenAt)
{
    /// <summary>The last head that the audit log holds: the entries up to it cannot have been written again. Null when it holds none.</summary>
    public LedgerHead? Noted { get; init; }

    /// <summary>What is wrong, in words.</summary>
    public string? Detail { get; init; }

    public bool Ok => BrokenAt is null;
}

using System.Text.Json.Nodes;

namespace Flyball.Contracts.Holds;

/// <summary>What a decision about a held batch came to.</summary>
/// <param name="Batch">Its name.</param>
/// <param name="IsRelease">Release, or discard.</param>
/// <param name="Rows">Rows that were held.</param>
/// <param name="Released">Rows that went in.</param>
/// <param name="Quarantined">Rows that do not meet the contract as it is now, and went into quarantine.</param>
public sealed record DecidedBatch(string Batch, bool IsRelease, long Rows, long Released, long Quarantined)
{
    /// <summary>Nothing was written now: it was decided so before.</summary>
    public bool Replayed { get; init; }

    internal JsonObject ToJson() => new()
    {
        ["batch"] = Batch,
        ["state"] = IsRelease ? "released" : "discarded",
        ["rows"] = Rows,
        ["released"] = Released,
        ["quarantined"] = Quarantined,
        ["discarded"] = IsRelease ? 0 : Rows,
        ["replayed"] = Replayed,
    };
}

using Flyball.Contracts.Quality;

namespace Flyball.Contracts.Ingestion;

/// <summary>How far an import is: <c>received = accepted + quarantined + duplicates + held</c>.</summary>
/// <param name="Received">Rows read from the file.</param>
/// <param name="Accepted">Rows stored.</param>
/// <param name="Quarantined">Rows put aside.</param>
/// <param name="Duplicates">Rows that were stored before.</param>
/// <param name="Held">Rows that wait for a decision, because the file breaks a rule that holds it.</param>
/// <param name="Batch">Name of the held batch, or null.</param>
public sealed record ImportProgress(long Received, long Accepted, long Quarantined, long Duplicates, long Held = 0, string? Batch = null)
{
    /// <summary>What the rules and statistics say of the whole file; known at its end.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}

namespace Flyball.Storage.Audit;

/// <summary>The outcome of checking a whole log.</summary>
/// <param name="Size">Entries that the checkpoint covers; 0 when it could not be read.</param>
/// <param name="Difference">The first thing that does not hold, with its file; null when all holds.</param>
public sealed record AuditVerification(long Size, string? Difference)
{
    public bool IsGood => Difference is null;
}

namespace Flyball.Contracts.Ingestion;

/// <summary>How far an import is.</summary>
/// <param name="Received">Rows read from the file.</param>
/// <param name="Accepted">Rows stored.</param>
/// <param name="Quarantined">Rows put aside.</param>
/// <param name="Duplicates">Rows that were stored before.</param>
public sealed record ImportProgress(long Received, long Accepted, long Quarantined, long Duplicates);

namespace Flyball.Serving.Batches;

/// <summary>How far a scoring is.</summary>
/// <param name="Rows">Rows of the input that are dealt with, those of earlier runs included.</param>
/// <param name="Rejected">Those of them that were put aside.</param>
/// <param name="Skipped">Rows that an earlier run dealt with.</param>
/// <param name="Share">How much of the input was read, 0 to 1.</param>
/// <param name="IsCheckpoint">Everything up to here is durable.</param>
public readonly record struct BatchStep(long Rows, long Rejected, long Skipped, double Share, bool IsCheckpoint);

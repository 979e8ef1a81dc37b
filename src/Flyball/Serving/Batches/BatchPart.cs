namespace Flyball.Serving.Batches;

/// <summary>The mark of a part that counts.</summary>
/// <param name="Rows">Rows of the input it covers.</param>
/// <param name="Rejected">Those of them that were put aside.</param>
internal sealed record BatchPart(long Rows, long Rejected);

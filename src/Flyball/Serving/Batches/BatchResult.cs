namespace Flyball.Serving.Batches;

/// <summary>What came of scoring a file.</summary>
/// <param name="Rows">Rows of the input.</param>
/// <param name="Scored">Rows of the output.</param>
/// <param name="Rejected">Rows that were put aside with their reasons; the two come to <paramref name="Rows"/>.</param>
/// <param name="Skipped">Rows that an earlier run had dealt with.</param>
/// <param name="Sha256">Of the output.</param>
/// <param name="InputSha256">Of the input.</param>
/// <param name="RejectedFile">Where the reasons are; null without any.</param>
/// <param name="PeakMemoryBytes">The most of this process that was resident.</param>
public sealed record BatchResult(
    long Rows, long Scored, long Rejected, long Skipped, string Sha256, string InputSha256, string? RejectedFile, long PeakMemoryBytes);

namespace Flyball.Training.Splits;

/// <summary>How many rows a part has.</summary>
/// <param name="Rows">All of them.</param>
/// <param name="Positives">Those whose label is positive.</param>
public sealed record PartCounts(long Rows, long Positives);

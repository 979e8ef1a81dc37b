namespace Flyball.Training.Splits;

/// <summary>How many rows each part has.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">To stop early and to calibrate by.</param>
/// <param name="Test">To judge by.</param>
/// <param name="Unused">Rows in no part: too old, in an embargo, or too young for a label.</param>
public sealed record SplitCounts(PartCounts Train, PartCounts Validation, PartCounts Test, long Unused);

namespace Flyball.Registry;

/// <summary>What one gate found.</summary>
/// <param name="Gate">The gate as it was written, or the name of one that every version has to pass.</param>
/// <param name="Value">What was compared: the metric, or the lower confidence bound of its gain over the champion. Null when it could not be measured.</param>
/// <param name="Bound">What it was compared with, in the same unit.</param>
/// <param name="Ok">Whether the version may pass. What could not be measured is not ok.</param>
/// <param name="Detail">The figures in words.</param>
public sealed record GateResult(string Gate, double? Value, double? Bound, bool Ok, string Detail);

namespace Flyball.Training.ModelTests;

/// <summary>What one model test found.</summary>
/// <param name="Test">Its name, which gates use: <c>golden_set</c>, <c>reload</c>, <c>amount_not_lower</c>.</param>
/// <param name="Value">The figure: a largest difference, a share or a number of violations. Null when it could not be measured.</param>
/// <param name="Bound">What the figure may be at most.</param>
/// <param name="Ok">Whether it passed. What could not be measured did not.</param>
/// <param name="Rows">Rows it looked at.</param>
/// <param name="Detail">The figures in words.</param>
public sealed record ModelTestResult(string Test, double? Value, double? Bound, bool Ok, int Rows, string Detail);

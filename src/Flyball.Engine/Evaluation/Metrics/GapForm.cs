namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>How a calibration error is made of its bins' gaps |sum of score - label|.</summary>
/// <param name="Bins">How many bins.</param>
/// <param name="EqualMass">Bins of equally many rows; otherwise of equal width.</param>
/// <param name="Largest">The largest mean gap of a bin; otherwise the sum of all gaps over the number of rows.</param>
internal sealed record GapForm(int Bins, bool EqualMass, bool Largest);

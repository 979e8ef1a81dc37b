namespace Flyball.Engine.Evaluation;

/// <summary>Performance estimated without labels.</summary>
/// <param name="Confusion">Expected counts of the decision.</param>
/// <param name="RocAuc">Expected area under the ROC curve.</param>
/// <param name="AccuracyStandardError">Standard error of the realised accuracy around the estimate if every calibrated score is right:
/// sqrt(sum c (1 - c)) / n. A band of three of them is what sampling alone explains.</param>
public sealed record PerformanceEstimate(Confusion Confusion, MetricValue RocAuc, double AccuracyStandardError);

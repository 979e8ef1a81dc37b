namespace Flyball.Engine.Evaluation;

/// <summary>A metric of binary classification: one score and one label a row, both spans of equal length.</summary>
public delegate MetricValue BinaryMetric(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels);

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>A metric of a draw, from counts that it shares with the others measured on it.</summary>
internal delegate MetricValue CountMeasure(DrawnCounts drawn);

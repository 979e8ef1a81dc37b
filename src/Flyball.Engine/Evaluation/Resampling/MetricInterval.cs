namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>A metric with its bounds.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Value">On all rows.</param>
/// <param name="Lower">Lower bound of the two-sided interval.</param>
/// <param name="Upper">Upper bound.</param>
/// <param name="StandardError">Standard deviation of the replicates.</param>
/// <param name="Rows">Rows measured.</param>
public sealed record MetricInterval(string Metric, MetricValue Value, MetricValue Lower, MetricValue Upper, MetricValue StandardError, int Rows);

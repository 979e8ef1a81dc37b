namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>Which way a metric is better.</summary>
public enum MetricDirection
{
    /// <summary>Neither by itself, such as a share of positives.</summary>
    Neither,

    Higher,

    Lower,
}

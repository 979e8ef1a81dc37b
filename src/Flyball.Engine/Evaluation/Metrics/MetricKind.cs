namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>The scale of a metric.</summary>
public enum MetricKind
{
    /// <summary>From 0 to 1.</summary>
    Share,

    /// <summary>Any number, in the unit of the label where the formula keeps it.</summary>
    Number,
}

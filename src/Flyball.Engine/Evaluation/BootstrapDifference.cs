namespace Flyball.Engine.Evaluation;

/// <summary>A paired difference of a metric, candidate minus champion.</summary>
/// <param name="Champion">The metric of the champion on all rows.</param>
/// <param name="Candidate">The metric of the candidate on all rows.</param>
/// <param name="Difference">Candidate minus champion.</param>
/// <param name="LowerBound">One-sided lower confidence bound of the difference.</param>
/// <param name="UpperBound">One-sided upper confidence bound, for metrics where smaller is better.</param>
/// <param name="Stratified">Whether the classes were drawn apart.</param>
public sealed record BootstrapDifference(
    MetricValue Champion,
    MetricValue Candidate,
    MetricValue Difference,
    MetricValue LowerBound,
    MetricValue UpperBound,
    bool Stratified);

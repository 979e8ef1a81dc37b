using Flyball.Engine.Evaluation.Resampling;

namespace Flyball.Engine.Evaluation.Slices;

/// <summary>A metric on a slice and beside it.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Interval">The metric on its rows.</param>
/// <param name="Rest">The metric on all other rows.</param>
/// <param name="Difference">Slice minus rest.</param>
/// <param name="PValue">Two-sided, of no difference, before adjustment; null when it could not be tested.</param>
/// <param name="Adjusted">Adjusted for the number of slices tested; null when it could not be tested.</param>
/// <param name="Insufficient">Why the slice was not tested; null when it was.</param>
public sealed record SliceMeasure(
    Slice Slice, MetricInterval Interval, MetricValue Rest, MetricValue Difference, double? PValue, double? Adjusted, string? Insufficient);

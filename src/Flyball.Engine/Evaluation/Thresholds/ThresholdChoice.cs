using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Thresholds;

/// <summary>A threshold chosen from data: rows with score >= threshold are acted on.</summary>
/// <param name="Threshold">The smallest score that is acted on; just above the largest score when acting on no row is best.</param>
/// <param name="Figure">What it was chosen for: the mean cost a row, or the recall or precision it reaches.</param>
/// <param name="Counts">Decisions at the threshold.</param>
/// <param name="ThresholdBounds">Between which thresholds the choice lies on resampled rows; null when it was not resampled.</param>
/// <param name="FigureBounds">Bounds of the figure at this very threshold; null when it was not resampled. Chosen and measured on the same rows, the figure is a little too good.</param>
public sealed record ThresholdChoice(double Threshold, double Figure, Confusion Counts, Interval? ThresholdBounds, Interval? FigureBounds);

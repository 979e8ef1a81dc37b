using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Calibration;

/// <summary>One row of a reliability table.</summary>
/// <param name="From">Smallest score it takes: of an equal-width bin its edge, of an equal-mass bin the smallest score in it.</param>
/// <param name="To">Largest score it takes, likewise.</param>
/// <param name="Rows">Rows in it, at least 1.</param>
/// <param name="Positives">Positives among them.</param>
/// <param name="MeanScore">What the model says on average.</param>
/// <param name="Rate">What happened: positives / rows.</param>
/// <param name="Bounds">Wilson interval of the rate.</param>
public sealed record ReliabilityBin(double From, double To, int Rows, int Positives, double MeanScore, double Rate, Interval Bounds)
{
    /// <summary>Whether the mean score lies within the interval of the rate: the bin shows no miscalibration that chance does not explain.</summary>
    public bool Agrees => Bounds.Contains(MeanScore);
}

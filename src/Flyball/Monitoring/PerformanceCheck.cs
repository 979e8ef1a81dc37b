using Flyball.Engine.Evaluation;

namespace Flyball.Monitoring;

/// <summary>Realised average precision of matured requests against its value on the frozen test rows.</summary>
internal static class PerformanceCheck
{
    public const string Metric = "average_precision";

    private const int FewestRows = 200;
    private const int FewestPositives = 10;

    /// <param name="reference">The metric on the frozen rows; null when the version has none.</param>
    /// <param name="decay">How far below the reference the upper confidence bound must lie to be called decay.</param>
    public static PerformanceFinding Of(double[] scores, bool[] labels, double? reference, double decay)
    {
        var positives = labels.Count(l => l);
        if (reference is null)
        {
            return new PerformanceFinding("insufficient", "The version has no reference value.", Metric, null, null, null, scores.Length, positives);
        }

        if (scores.Length < FewestRows || positives < FewestPositives)
        {
            return new PerformanceFinding(
                "insufficient", $"{scores.Length} matured requests with {positives} positives; it takes {FewestRows} and {FewestPositives}.", Metric, null, null, reference, scores.Length, positives);
        }

        // A model that knows nothing, compared on the same rows, gives the sampling interval of the metric itself.
        var nothing = new double[scores.Length];
        var interval = PairedBootstrap.Compare(nothing, scores, labels, BinaryMetrics.AveragePrecision, new BootstrapOptions { Seed = 1 });
        var baseline = BinaryMetrics.AveragePrecision(nothing, labels).Value ?? 0;
        var value = BinaryMetrics.AveragePrecision(scores, labels).Value;
        var upper = interval.UpperBound.Value + baseline;
        return upper < reference - decay
            ? new PerformanceFinding("decay", null, Metric, value, upper, reference, scores.Length, positives)
            : new PerformanceFinding("ok", null, Metric, value, upper, reference, scores.Length, positives);
    }
}

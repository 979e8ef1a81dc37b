namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>How bounds are taken from the replicates.</summary>
public enum IntervalMethod
{
    /// <summary>Quantiles of the replicates (Efron and Tibshirani 1993, chapter 13).</summary>
    Percentile,

    /// <summary>
    /// Bias-corrected and accelerated (Efron 1987): moves the quantiles by how many replicates lie below the figure, and by the skewness of a
    /// jackknife. Better for figures near an end of their range; the jackknife costs up to 200 more evaluations.
    /// </summary>
    BiasCorrected,
}

namespace Flyball.Engine.Statistics;

/// <summary>The finding about one feature. Numbers are null where the feature was not tested.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Status">The finding.</param>
/// <param name="Reason">Why, in words, when the status is not <see cref="DriftStatus.Drift"/>.</param>
/// <param name="Effect">Observed effect, in units of the measure.</param>
/// <param name="LowerBound">One-sided lower confidence bound of the effect.</param>
/// <param name="Threshold">Tau: what the lower bound must exceed.</param>
/// <param name="PValue">Probability of an effect at least as large without drift.</param>
/// <param name="QValue">The p value corrected for all features tested together.</param>
public sealed record DriftVerdict(
    string Feature,
    DriftStatus Status,
    string? Reason = null,
    double? Effect = null,
    double? LowerBound = null,
    double? Threshold = null,
    double? PValue = null,
    double? QValue = null);

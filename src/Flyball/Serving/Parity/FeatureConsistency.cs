namespace Flyball.Serving.Parity;

/// <summary>
/// How one feature's served values (left) lie to the replayed ones (right). The measures of Chronon's consistency job.
/// </summary>
/// <param name="Feature"><c>view.feature</c>.</param>
/// <param name="Compared">Predictions with this feature.</param>
/// <param name="BothNull">Null on both sides.</param>
/// <param name="LeftNull">Null as served alone.</param>
/// <param name="RightNull">Null as replayed alone.</param>
/// <param name="Mismatches">Values that are not the same bits, one-sided nulls included.</param>
/// <param name="MismatchRate">Of <paramref name="Compared"/>.</param>
/// <param name="Smape">Mean of 2|a-b| / (|a|+|b|), 0 where both are 0, over pairs of numbers; null without one.</param>
/// <param name="Left">Quantiles of the served numbers.</param>
/// <param name="Right">Quantiles of the replayed numbers.</param>
/// <param name="Difference">Quantiles of left - right.</param>
public sealed record FeatureConsistency(
    string Feature,
    long Compared,
    long BothNull,
    long LeftNull,
    long RightNull,
    long Mismatches,
    double MismatchRate,
    double? Smape,
    ValueQuantiles? Left,
    ValueQuantiles? Right,
    ValueQuantiles? Difference);

namespace Flyball.Monitoring.Measured;

/// <summary>A check of a feature that its served values did not pass. It holds figures, never a value of a row.</summary>
/// <param name="Feature"><c>view.feature</c>.</param>
/// <param name="Check"><c>null_rate</c>, <c>range</c>, <c>freshness</c> or <c>cardinality</c>.</param>
/// <param name="Message">What was seen and what was allowed, in a sentence.</param>
/// <param name="Seen">The figure: a share, a number of values, seconds.</param>
/// <param name="Bound">What it was held to, in the same unit; null where there are two.</param>
public sealed record FeatureFinding(string Feature, string Check, string Message, double Seen, double? Bound);

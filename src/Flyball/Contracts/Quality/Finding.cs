namespace Flyball.Contracts.Quality;

/// <summary>A rule or a statistic of a batch that did not hold. It names columns and figures, never a value of a row.</summary>
/// <param name="Rule">Name of the rule, such as <c>nullValues(amount)</c> or <c>volume</c>.</param>
/// <param name="Field">The column, or null for the batch as a whole.</param>
/// <param name="Outcome">What follows from it.</param>
/// <param name="Severity">As the contract says, such as <c>error</c> or <c>warning</c>.</param>
/// <param name="Message">What was seen and what was expected, in a sentence.</param>
/// <param name="Seen">The figure that was seen, when there is one.</param>
/// <param name="Bound">The bound that it broke, when there is one.</param>
public sealed record Finding(string Rule, string? Field, RuleOutcome Outcome, string Severity, string Message, double? Seen = null, double? Bound = null);

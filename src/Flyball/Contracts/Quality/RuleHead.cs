using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quality;

/// <summary>What all rules have.</summary>
/// <param name="Name">As written, else made from the metric and the column; unique in its contract.</param>
/// <param name="Field">The column the rule stands at, or null for the source.</param>
/// <param name="Outcome">What follows when it does not hold.</param>
/// <param name="Severity">As written, else <c>error</c>.</param>
/// <param name="Description">As written.</param>
/// <param name="Where">Its place in the file.</param>
internal sealed record RuleHead(string Name, string? Field, RuleOutcome Outcome, string Severity, string? Description, ProblemLocation Where);

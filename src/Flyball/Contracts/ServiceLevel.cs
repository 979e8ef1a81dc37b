using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>One agreed length of time of a source.</summary>
/// <param name="Property"><c>latency</c>, <c>freshness</c>, <c>frequency</c> or <c>retention</c>.</param>
/// <param name="Micros">The agreed length; a year has 365 days, a month 30.</param>
/// <param name="Field">The column it is measured on, when the contract names one.</param>
/// <param name="Driver">Why it matters: <c>regulatory</c>, <c>analytics</c>, <c>operational</c>; any text.</param>
/// <param name="Where">The property in its file.</param>
public sealed record ServiceLevel(string Property, long Micros, string? Field, string? Driver, ProblemLocation Where);

using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quality;

/// <summary>A rule that is kept and not enforced, and why. The contract is in force all the same.</summary>
public sealed record QualityNotice(string Code, string Message, ProblemLocation Where, string Remedy);

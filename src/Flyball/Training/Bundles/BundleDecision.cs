namespace Flyball.Training.Bundles;

/// <summary>One decision rule, as its author wrote it. The first rule that holds decides.</summary>
/// <param name="Decision">Such as <c>block</c>.</param>
/// <param name="When">Such as <c>score >= 0.9</c>, or <c>otherwise</c>.</param>
public sealed record BundleDecision(string Decision, string When);

namespace Flyball.Engine.Sequential;

/// <summary>One variant of a rollout and its share of the units.</summary>
public sealed record Arm(string Name, decimal Share);

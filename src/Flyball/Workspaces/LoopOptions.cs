namespace Flyball.Workspaces;

/// <summary>Whether the hosted loops of the stages run by themselves.</summary>
/// <param name="Enabled">False where a replay drives the clock and calls checks, rollouts and retraining itself.</param>
public sealed record LoopOptions(bool Enabled);

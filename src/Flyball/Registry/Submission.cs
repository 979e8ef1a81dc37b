using Flyball.Training;

namespace Flyball.Registry;

/// <summary>A run and the version that came out of it.</summary>
/// <param name="Cached">The run had been made before.</param>
public sealed record Submission(TrainingRun Run, bool Cached, VersionOutcome Outcome);

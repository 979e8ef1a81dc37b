using Flyball.Engine.Time;

namespace Flyball.Serving.Logged;

/// <summary>A prediction as it stands in the log.</summary>
/// <param name="Seq">Its position.</param>
/// <param name="LoggedAt">When the log took it.</param>
/// <param name="Record">What was logged.</param>
public sealed record LoggedPrediction(long Seq, KnownAt LoggedAt, PredictionRecord Record);

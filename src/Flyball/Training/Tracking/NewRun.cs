namespace Flyball.Training.Tracking;

/// <summary>What a run is created from.</summary>
/// <param name="ExperimentId">Its experiment, which must be active.</param>
/// <param name="UserId">Who runs it, as the program says.</param>
/// <param name="Name">Null for a generated one.</param>
/// <param name="StartMs">Null for now.</param>
/// <param name="Tags">Tags to begin with.</param>
public sealed record NewRun(long ExperimentId, string UserId, string? Name, long? StartMs, IReadOnlyList<KeyText> Tags);

namespace Flyball.Training.Tracking;

/// <summary>What a logged model is created from; a name of null is generated.</summary>
public sealed record NewLoggedModel(long ExperimentId, string? Name, string? ModelType, string? SourceRunId, IReadOnlyList<KeyText> Params, IReadOnlyList<KeyText> Tags);

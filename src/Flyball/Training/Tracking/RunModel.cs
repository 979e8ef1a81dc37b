namespace Flyball.Training.Tracking;

/// <summary>A logged model that a run read or made, and at which step.</summary>
public sealed record RunModel(string ModelId, long Step);

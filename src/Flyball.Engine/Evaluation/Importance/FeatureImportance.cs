namespace Flyball.Engine.Evaluation.Importance;

/// <summary>What a model loses without one feature.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Loss">Mean loss of the metric in its better direction; about 0, or below, for a feature the model does not need.</param>
/// <param name="Lower">Lower end of the 95 % t interval over the repeats: the noise of shuffling, not of the rows.</param>
/// <param name="Upper">Upper end.</param>
public sealed record FeatureImportance(string Feature, double Loss, double Lower, double Upper);

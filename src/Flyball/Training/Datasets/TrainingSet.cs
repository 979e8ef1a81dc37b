using Flyball.Training.Encodings;

namespace Flyball.Training.Datasets;

/// <summary>A training set: three parts of one spine, each row's features read at its own instant under one horizon.</summary>
/// <param name="Encoder">From feature vectors to the inputs that the parts hold, learned from the training part.</param>
public sealed record TrainingSet(TrainingPart Train, TrainingPart Validation, TrainingPart Test, FeatureEncoder Encoder)
{
    public IEnumerable<TrainingPart> Parts => [Train, Validation, Test];

    /// <summary>By how much sampling multiplied the odds of a positive label in the training part; 1 when nothing was left out.</summary>
    public double OddsFactor { get; init; } = 1;
}

using Flyball.Training.Trainers;

namespace Flyball.Training.Evaluation;

/// <summary>What a run has found before its model is judged.</summary>
/// <param name="Proof">That serving computes the features.</param>
/// <param name="Baseline">What the simplest model says of the test rows.</param>
/// <param name="Champion">The packed champion; null when there is none.</param>
/// <param name="Previous">The packed version that was champion before it; null when there is none.</param>
internal sealed record RunEvidence(FeatureProof Proof, BaselineScores Baseline, byte[]? Champion, byte[]? Previous);

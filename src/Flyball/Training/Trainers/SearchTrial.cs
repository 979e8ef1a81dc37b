namespace Flyball.Training.Trainers;

/// <summary>One attempt of a search.</summary>
/// <param name="Trial">Counts from 0.</param>
/// <param name="Parameters">What was tried.</param>
/// <param name="Score">The task's headline metric on the validation part; null when the attempt failed.</param>
public sealed record SearchTrial(int Trial, IReadOnlyDictionary<string, double> Parameters, double? Score);

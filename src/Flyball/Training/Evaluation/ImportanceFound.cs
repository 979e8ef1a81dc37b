using Flyball.Engine.Evaluation.Importance;

namespace Flyball.Training.Evaluation;

/// <summary>Permutation importance of every input, and on how many rows.</summary>
internal sealed record ImportanceFound(IReadOnlyList<FeatureImportance> Features, int Rows);

namespace Flyball.Training.XGBoost;

/// <summary>What one round reached on the validation rows.</summary>
/// <param name="Round">Counts from 1: the number of trees.</param>
/// <param name="Metric">Average precision (larger is better), or RMSE (smaller is better).</param>
public sealed record TrainingRound(int Round, double Metric);

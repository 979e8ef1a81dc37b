namespace Flyball.Training.XGBoost;

/// <summary>What training gives.</summary>
/// <param name="Json">XGBoost's own JSON, with the kept rounds only. The same input gives the same bytes.</param>
/// <param name="Rounds">Trees kept.</param>
/// <param name="Importance">Every feature, the most gain first.</param>
/// <param name="History">The validation metric by round, also of rounds that were not kept; empty where validation rows stop nothing and no one is told of them.</param>
public sealed record TrainedModel(
    ReadOnlyMemory<byte> Json,
    int Rounds,
    IReadOnlyList<FeatureGain> Importance,
    IReadOnlyList<TrainingRound> History);

namespace Flyball.Training;

/// <summary>One run as the catalog keeps it.</summary>
/// <param name="RunId">SHA-256 of everything that went in: submitting the same again gives this run back.</param>
/// <param name="State"><c>running</c>, <c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Author">Who asked for it.</param>
/// <param name="Horizon">Log position the data was read at.</param>
/// <param name="AsOfMicros">Instant at which labels counted as mature.</param>
/// <param name="PermuteLabels">A seed with which the labels of the training part are shuffled: a check of the gates, which must refuse such a model. Null trains on the truth.</param>
/// <param name="Bundle">Digest of the bundle.</param>
/// <param name="BundleBlob">Digest of the packed bundle among the blobs.</param>
/// <param name="EvaluationBlob">Digest of the <see cref="Jobs.FrozenEvaluation"/> among the blobs.</param>
/// <param name="Result">The <see cref="Jobs.TrainingResult"/> as JSON.</param>
public sealed record TrainingRun(
    string RunId,
    string Model,
    string State,
    string Author,
    string StartedAt,
    string? FinishedAt,
    long Horizon,
    long AsOfMicros,
    long? PermuteLabels,
    string? Bundle,
    string? BundleBlob,
    string? EvaluationBlob,
    string? Result,
    string? Error)
{
    public bool Succeeded => State == "succeeded";
}

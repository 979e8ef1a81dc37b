using Flyball.Engine.Identity;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>What is to be judged.</summary>
/// <param name="Digest">Of the bundle.</param>
/// <param name="Blob">Of the packed bundle among the blobs.</param>
/// <param name="Result">What training measured; null for a bundle made elsewhere.</param>
internal sealed record VersionCandidate(Digest Digest, Digest Blob, string RunId, string Author, TrainingResult? Result, FrozenEvaluation Evaluation)
{
    /// <summary>Who applied the definitions in force; null when that is not known.</summary>
    public string? DefinedBy { get; init; }
}

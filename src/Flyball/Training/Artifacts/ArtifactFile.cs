using Flyball.Engine.Identity;

namespace Flyball.Training.Artifacts;

/// <summary>A file of the store.</summary>
/// <param name="Path">Its logical path.</param>
/// <param name="Digest">Its content.</param>
/// <param name="Size">Bytes.</param>
public sealed record ArtifactFile(ArtifactPath Path, Digest Digest, long Size);

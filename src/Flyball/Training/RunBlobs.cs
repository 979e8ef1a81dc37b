using Flyball.Engine.Identity;

namespace Flyball.Training;

/// <summary>What a run leaves among the blobs.</summary>
/// <param name="Bundle">The packed bundle.</param>
/// <param name="Evaluation">The frozen evaluation.</param>
/// <param name="Job">All that went in, to make it again.</param>
internal sealed record RunBlobs(Digest Bundle, Digest Evaluation, Digest Job);

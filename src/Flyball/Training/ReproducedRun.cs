namespace Flyball.Training;

/// <summary>A run, made again.</summary>
/// <param name="Identical">The bundle has the same bytes.</param>
/// <param name="Digest">Of the first bundle.</param>
/// <param name="Again">Of the bundle made now.</param>
public sealed record ReproducedRun(string RunId, bool Identical, string Digest, string Again);

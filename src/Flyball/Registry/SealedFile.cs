using Flyball.Engine.Identity;

namespace Flyball.Registry;

/// <summary>One file of a version, named by its content.</summary>
/// <param name="Path">Relative, with slashes, no segment empty or of dots alone.</param>
/// <param name="Size">In bytes.</param>
public sealed record SealedFile(string Path, long Size, Digest Sha256);

namespace Flyball.Training.Artifacts;

/// <summary>One name in a folder.</summary>
/// <param name="Name">The last name of its path.</param>
/// <param name="Size">Bytes of a file; null for a folder.</param>
public sealed record ArtifactEntry(string Name, long? Size)
{
    public bool IsFolder => Size is null;
}

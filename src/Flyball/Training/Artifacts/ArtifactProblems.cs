using Flyball.Engine.Problems;

namespace Flyball.Training.Artifacts;

/// <summary>What can be wrong with a request for artifacts.</summary>
public static class ArtifactProblems
{
    /// <summary>A path or location is not taken.</summary>
    public const string Path = "FLY3306";

    /// <summary>There is no such file.</summary>
    public const string Absent = "FLY3307";

    public static FlyballException Refused(string field, string reason) =>
        new(new Problem(Path, $"Invalid path. The value of '{field}' is refused: {reason}.", new ProblemLocation(Field: field)));

    public static FlyballException NoFile(ArtifactPath path) => new(new Problem(Absent, $"No such artifact: '{path}'", new ProblemLocation(Field: "path")));
}

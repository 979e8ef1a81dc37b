using Flyball.Engine.Problems;

namespace Flyball.Training.Outside;

/// <summary>Why a model file from outside is refused.</summary>
internal static class OutsideProblems
{
    /// <summary>Its inputs or outputs are not those of the model in the project.</summary>
    public static FlyballException Unfit(string message, string remedy) => new(new Problem("FLY3392", message, new ProblemLocation(Field: "version"), remedy));

    /// <summary>The file itself cannot be served.</summary>
    public static FlyballException Unusable(string message, string remedy) =>
        new(new Problem("FLY3393", $"The version's model file cannot be used. {message}", new ProblemLocation(Field: "version"), remedy));
}

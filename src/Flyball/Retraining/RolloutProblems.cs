namespace Flyball.Retraining;

/// <summary>Refusals of a rollout's start that are no failure of the job that asked for it.</summary>
internal static class RolloutProblems
{
    /// <summary>Another version of the model is on trial: the job waits for it.</summary>
    public const string AnotherIsActive = "FLY3231";

    /// <summary>There is nothing to roll out.</summary>
    public const string AlreadyChampion = "FLY3233";
}

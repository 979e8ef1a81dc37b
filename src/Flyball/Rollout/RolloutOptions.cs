namespace Flyball.Rollout;

/// <summary>How rollouts are looked at.</summary>
public sealed class RolloutOptions
{
    public const string Section = "Rollout";

    /// <summary>Time between two looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
}

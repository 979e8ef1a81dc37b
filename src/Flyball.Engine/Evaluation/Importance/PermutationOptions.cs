namespace Flyball.Engine.Evaluation.Importance;

/// <summary>How features are shuffled.</summary>
public sealed record PermutationOptions
{
    /// <summary>Seed of the shuffles: the same seed gives the same figures.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Shuffles of each feature, at least 2.</summary>
    public int Repeats { get; init; } = 5;

    /// <summary>Threads that may score; the figures are the same with any number.</summary>
    public int Threads { get; init; } = 1;
}

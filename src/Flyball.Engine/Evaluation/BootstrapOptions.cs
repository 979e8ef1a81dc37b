namespace Flyball.Engine.Evaluation;

/// <summary>How a paired bootstrap is drawn.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Seed of the draws: the same seed gives the same bounds.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of replicates.</summary>
    public int Replicates { get; init; } = 1000;

    /// <summary>Threads that may make replicates; the bounds are the same with any number.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>One-sided level of the bound.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>With fewer rows than this in either class, positives and negatives are drawn apart, so that no replicate loses a class.</summary>
    public int StratifyBelow { get; init; } = 100;
}

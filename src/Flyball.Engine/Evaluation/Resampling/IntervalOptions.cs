namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>How bootstrap intervals are drawn.</summary>
public sealed record IntervalOptions
{
    /// <summary>Seed of the draws: the same seed gives the same bounds.</summary>
    public ulong Seed { get; init; } = 1;

    public int Replicates { get; init; } = 1000;

    /// <summary>Threads that may make replicates; the bounds are the same with any number.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Two-sided level.</summary>
    public double Confidence { get; init; } = 0.95;

    public IntervalMethod Method { get; init; } = IntervalMethod.Percentile;

    /// <exception cref="InvalidOperationException">The level leaves no replicate beyond a bound.</exception>
    internal void Require()
    {
        if (!(Confidence > 0 && Confidence < 1) || (1 - Confidence) / 2 * (Replicates + 1) < 1)
        {
            throw new InvalidOperationException("A two-sided level needs at least 2 / (1 - level) replicates.");
        }
    }
}

namespace Flyball.Engine.Statistics;

/// <summary>When drift is declared.</summary>
public sealed record DriftRule
{
    /// <summary>Fewest usable rows on either side for a verdict.</summary>
    public int MinimumRows { get; init; } = 100;

    /// <summary>Smallest effect that matters, in units of the measure (PSI or Cramer's V).</summary>
    public double EffectFloor { get; init; } = 0.1;

    /// <summary>One-sided level of the lower bound of the effect.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Largest q value of a finding, over all features tested together.</summary>
    public double FalseDiscoveryRate { get; init; } = 0.05;
}

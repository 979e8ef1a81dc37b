namespace Flyball.Contracts.Quality;

/// <summary>How a source is compared with its reference, as the schema object's custom property <c>statistics</c> says.</summary>
public sealed record StatisticsDefinition
{
    /// <summary>What a statistic out of bounds leads to.</summary>
    public RuleOutcome Outcome { get; init; } = RuleOutcome.Alert;

    /// <summary>The largest share of batches of unchanged data in which any statistic may be reported, over all of them together.</summary>
    public double Sensitivity { get; init; } = 0.01;

    /// <summary>Whether lateness and silence are judged by the days of the reference where the contract agrees nothing.</summary>
    public bool Freshness { get; init; } = true;

    /// <summary>Columns that are not compared.</summary>
    public IReadOnlySet<string> Off { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

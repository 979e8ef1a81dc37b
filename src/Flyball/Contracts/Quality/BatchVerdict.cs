namespace Flyball.Contracts.Quality;

/// <summary>What the rules say of a batch: of what a sender sent together, a request or a file.</summary>
/// <param name="Findings">Empty when everything holds.</param>
public sealed record BatchVerdict(IReadOnlyList<Finding> Findings)
{
    /// <summary>Nothing to say.</summary>
    public static BatchVerdict Clean { get; } = new([]);

    /// <summary>The batch waits for a decision.</summary>
    public bool Holds => Findings.Any(f => f.Outcome == RuleOutcome.Hold);
}

namespace Flyball.Contracts.Quality;

/// <summary>One statistic of a batch beside the reference.</summary>
/// <param name="Rule">What a finding is called.</param>
/// <param name="Field">The column; null for a statistic of the batch.</param>
/// <param name="PValue">Probability of what was seen when nothing changed.</param>
/// <param name="Lower">Lower confidence bound of the effect.</param>
/// <param name="Bound">What it has to exceed.</param>
/// <param name="Seen">What people are told was seen.</param>
/// <param name="SeenBound">And what it was held against.</param>
/// <param name="Message">For people.</param>
internal sealed record StatisticalCheck(string Rule, string? Field, double PValue, double Lower, double Bound, double Seen, double? SeenBound, string Message)
{
    public Finding ToFinding(RuleOutcome outcome) =>
        new(Field is null ? Rule : $"{Rule}({Field})", Field, outcome, outcome == RuleOutcome.Record ? "info" : outcome == RuleOutcome.Hold ? "error" : "warning", Message, Seen, SeenBound);
}

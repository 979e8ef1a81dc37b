namespace Flyball.Engine.Statistics;

/// <summary>Outcome of a two-sample chi-square test.</summary>
/// <param name="Statistic">Pearson's chi-square.</param>
/// <param name="Degrees">Non-empty cells less one; 0 when there is nothing to compare.</param>
/// <param name="PValue">Probability of a statistic at least as large when nothing drifted; 1 when there is nothing to compare.</param>
/// <param name="CramersV">Effect size, 0 to 1.</param>
/// <param name="Rows">Rows on both sides.</param>
public sealed record ContingencyResult(double Statistic, int Degrees, double PValue, double CramersV, long Rows)
{
    /// <summary>
    /// One-sided lower confidence bound of Cramer's V: the non-centrality at which the statistic would be exceeded with
    /// probability alpha (Steiger and Fouladi 1997; Smithson 2003), over N.
    /// </summary>
    public double LowerBound(double alpha = 0.05) =>
        Degrees < 1 ? 0 : Math.Sqrt(ChiSquare.NoncentralityLowerBound(Statistic, Degrees, alpha) / Rows);
}

namespace Flyball.Engine.Statistics;

/// <summary>Outcome of a two-sample Kolmogorov-Smirnov test.</summary>
/// <param name="Distance">D, from 0 to 1.</param>
/// <param name="PValue">Probability of a D at least as large when nothing drifted.</param>
/// <param name="Exact">Whether the p value counts paths or comes from the one-sample law at the effective size.</param>
/// <param name="ReferenceRows">Size of the reference sample.</param>
/// <param name="CurrentRows">Size of the current sample.</param>
public sealed record KolmogorovSmirnovResult(double Distance, double PValue, bool Exact, int ReferenceRows, int CurrentRows)
{
    /// <summary>Lower bound of the true distance at the default level 0.0031.</summary>
    public double LowerBound => KolmogorovSmirnov.LowerBound(Distance, ReferenceRows, CurrentRows);
}

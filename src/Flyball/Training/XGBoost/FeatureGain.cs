namespace Flyball.Training.XGBoost;

/// <summary>How much a feature was used.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Splits">How many nodes split on it.</param>
/// <param name="TotalGain">By how much these splits lowered the loss together.</param>
public sealed record FeatureGain(string Feature, int Splits, double TotalGain)
{
    /// <summary>XGBoost's <c>gain</c> importance; 0 when the feature was never used.</summary>
    public double AverageGain => Splits == 0 ? 0 : TotalGain / Splits;
}

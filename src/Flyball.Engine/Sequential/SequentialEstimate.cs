namespace Flyball.Engine.Sequential;

/// <summary>One look at a difference of means, canary minus control.</summary>
/// <param name="Ready">Whether both arms are past the burn-in; until then nothing is decided and p is 1.</param>
/// <param name="Difference">Mean of the canary less mean of the control.</param>
/// <param name="StandardErrorSquared">Its estimated variance.</param>
/// <param name="HalfWidth">Half the width of the two-sided confidence sequence; null before the burn-in is over.</param>
/// <param name="OneSidedHalfWidth">Distance of a one-sided bound; null before the burn-in is over.</param>
/// <param name="EValue">Evidence against no difference; null before the burn-in is over.</param>
public sealed record SequentialEstimate(
    bool Ready,
    double Difference,
    double StandardErrorSquared,
    double? HalfWidth,
    double? OneSidedHalfWidth,
    double? EValue);

namespace Flyball.Registry.Gates;

/// <summary>What a metric is held against.</summary>
/// <param name="IsChampion">Whether it is the champion's own figure on the same rows, moved by <paramref name="Value"/>; otherwise the value itself.</param>
/// <param name="Value">In the unit of the metric: a share, a number, or microseconds. Negative for <c>champion - 0.005</c>.</param>
public readonly record struct GateBound(bool IsChampion, double Value)
{
    /// <summary>The bound as a value.</summary>
    /// <param name="champion">The champion's figure; not looked at for an absolute bound.</param>
    public double Resolve(double champion) => IsChampion ? champion + Value : Value;
}

namespace Flyball.Registry.Gates;

/// <summary>What a metric is held against.</summary>
/// <param name="Against">Whose own figure on the same rows it is, moved by <paramref name="Value"/>; none when it is the value itself.</param>
/// <param name="Value">In the unit of the metric: a share, a number, or microseconds. Negative for <c>champion - 0.005</c>.</param>
public readonly record struct GateBound(GateReference Against, double Value)
{
    public bool IsChampion => Against == GateReference.Champion;

    public bool IsRelative => Against != GateReference.None;

    /// <summary>The bound as a value.</summary>
    /// <param name="other">The figure of the one it is held against; not looked at for an absolute bound.</param>
    public double Resolve(double other) => IsRelative ? other + Value : Value;
}

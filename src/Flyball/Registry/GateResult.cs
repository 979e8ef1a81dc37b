using Flyball.Registry.Gates;

namespace Flyball.Registry;

/// <summary>What one gate found.</summary>
/// <param name="Gate">The gate as it was written, or the name of one that every version has to pass.</param>
/// <param name="Value">What was compared: the metric, or the lower confidence bound of its gain over the champion. Null when it could not be measured.</param>
/// <param name="Bound">What it was compared with, in the same unit.</param>
/// <param name="Ok">Whether the version may pass. What could not be measured is not ok.</param>
/// <param name="Detail">The figures in words.</param>
public sealed record GateResult(string Gate, double? Value, double? Bound, bool Ok, string Detail)
{
    /// <summary>The version it was compared with; null for a gate that compares with none, and in results of a program that did not keep it.</summary>
    public GateRival? Against { get; init; }

    /// <summary>A gate that could not be measured.</summary>
    internal static GateResult Failed(GateDefinition gate, string detail) => new(gate.Text, null, null, false, detail);

    /// <summary>A figure held against the gate's own number.</summary>
    internal static GateResult Compared(GateDefinition gate, double value, string detail) =>
        new(gate.Text, value, gate.Bound.Value, Holds(value, gate.Comparison, gate.Bound.Value), detail);

    /// <summary>Whether a figure meets a bound.</summary>
    internal static bool Holds(double value, GateComparison comparison, double bound) => comparison switch
    {
        GateComparison.AtLeast => value >= bound,
        GateComparison.Above => value > bound,
        GateComparison.AtMost => value <= bound,
        GateComparison.Below => value < bound,
        _ => false,
    };
}

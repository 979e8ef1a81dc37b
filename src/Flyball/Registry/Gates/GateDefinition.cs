using Flyball.Engine.Problems;

namespace Flyball.Registry.Gates;

/// <summary>One line of a model's <c>gates:</c>: what a version must reach before it may serve.</summary>
/// <param name="Metric">The figure.</param>
/// <param name="Comparison">How it must stand to the bound.</param>
/// <param name="Bound">A value, or another version's with a margin.</param>
/// <param name="Slice">The rows that count, as an expression's text; null for all rows.</param>
/// <param name="Text">As written.</param>
public sealed record GateDefinition(GateMetric Metric, GateComparison Comparison, GateBound Bound, string? Slice, string Text)
{
    /// <summary>The figure, or an end of its interval.</summary>
    public GateEdge Edge { get; init; }

    /// <summary>Columns of which every cell must hold the gate; empty for none.</summary>
    public IReadOnlyList<string> Cells { get; init; } = [];

    /// <summary>The model test that must have passed; null for a gate on a figure.</summary>
    public string? Test { get; init; }

    /// <summary>Reads a gate, such as <c>slice(amount >= 200): recall >= champion - 0.02</c>.</summary>
    /// <exception cref="FlyballException">FLY1150 to FLY1154, as for <see cref="TryParse"/>.</exception>
    public static GateDefinition Parse(string text) =>
        TryParse(text, null, out var gate, out var problem) ? gate! : throw new FlyballException(problem!);

    /// <summary>Reads a gate.</summary>
    /// <param name="text">The line.</param>
    /// <param name="where">Where it stands, for the problem.</param>
    /// <param name="gate">Set when it returns true.</param>
    /// <param name="problem">
    /// Set when it returns false. FLY1150: not a gate. FLY1151: no such metric. FLY1152: a bound that does not fit the metric.
    /// FLY1153: the comparison asks for a worse model. FLY1154: a slice without an expression, or cells without a column.
    /// </param>
    public static bool TryParse(string text, ProblemLocation? where, out GateDefinition? gate, out Problem? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        gate = new GateParser(text, where).Read(out problem);
        return gate is not null;
    }

    public override string ToString() => Text;
}

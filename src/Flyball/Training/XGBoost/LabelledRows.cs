using Flyball.Engine.Problems;

namespace Flyball.Training.XGBoost;

/// <summary>Rows to learn from or to judge by.</summary>
/// <param name="Values">Row-major; NaN is missing, infinity is refused.</param>
/// <param name="Columns">Features, 1 or more.</param>
/// <param name="Labels">One a row: 0 or 1 for a binary objective, any finite number for another.</param>
/// <param name="Weights">One a row, above 0; null for all equal.</param>
public sealed record LabelledRows(ReadOnlyMemory<float> Values, int Columns, ReadOnlyMemory<float> Labels, ReadOnlyMemory<float>? Weights = null)
{
    /// <summary>Of a ranking: how many rows each group has, one group after the other; empty for others.</summary>
    public IReadOnlyList<int> Groups { get; init; } = [];

    public int Count => Labels.Length;

    /// <summary>What makes the rows unfit for an objective (codes FLY1174). Cost: one pass.</summary>
    /// <param name="objective">Decides which labels make sense.</param>
    /// <param name="name">Which rows, for the message: <c>training</c>.</param>
    /// <param name="classes">Of an objective with several classes.</param>
    public IReadOnlyList<Problem> Validate(XGBoostObjective objective, string name, int classes = 0)
    {
        if (Columns < 1 || Count < 1 || Values.Length != (long)Count * Columns || (Weights is { } w && w.Length != Count))
        {
            return [new("FLY1174", $"The {name} rows do not fit together: {Values.Length} values, {Columns} columns, {Count} labels.")];
        }

        var problems = new List<Problem>();
        if (Values.Span.IndexOfAny(float.PositiveInfinity, float.NegativeInfinity) is var at and >= 0)
        {
            problems.Add(new("FLY1174", $"Column {at % Columns} of the {name} row {at / Columns} is infinite.", null, "Leave it null, or bound the expression."));
        }

        if (Weights is { } weights && IndexOf(weights.Span, x => !(x > 0 && float.IsFinite(x))) is var weight and >= 0)
        {
            problems.Add(new("FLY1174", $"The weight of the {name} row {weight} is not a number above 0."));
        }

        var binary = objective == XGBoostObjective.BinaryLogistic;
        if (IndexOf(Labels.Span, x => objective.Refuse(x, classes) is not null) is var label and >= 0)
        {
            problems.Add(new("FLY1174", $"The label of the {name} row {label} is not {objective.Refuse(Labels.Span[label], classes)}."));
        }
        else if (binary && (!Labels.Span.Contains(0f) || !Labels.Span.Contains(1f)))
        {
            problems.Add(new("FLY1175", $"All {Count} {name} labels are {Labels.Span[0]:0}; both classes are needed.", null, "Lengthen the split, or check how labels arrive."));
        }

        return problems;
    }

    private static int IndexOf(ReadOnlySpan<float> values, Func<float, bool> wrong)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (wrong(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}

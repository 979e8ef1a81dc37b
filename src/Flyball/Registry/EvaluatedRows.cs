using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Slices;
using Flyball.Engine.Expressions;
using Flyball.Registry.Gates;
using Flyball.Training.Evaluation;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>The rows of a frozen evaluation that gates look at, with what each version says of them. Rows without a score of the candidate are left out, because a gate of their own counts them.</summary>
internal sealed class EvaluatedRows
{
    private const int MostCells = 200;

    private readonly FrozenEvaluation evaluation;
    private readonly FrozenScores scores;

    public EvaluatedRows(FrozenEvaluation evaluation)
    {
        this.evaluation = evaluation;
        scores = FrozenScores.Of(evaluation);
        All = [.. Enumerable.Range(0, scores.Rows.Count)];
    }

    /// <summary>The candidate's scores.</summary>
    public ScoredRows Candidate => scores.Candidate;

    /// <summary>Every place.</summary>
    public int[] All { get; }

    /// <summary>The scores of the one a bound is held against; null when it has none for these rows.</summary>
    public ScoredRows? Against(GateReference reference) => reference switch
    {
        GateReference.Champion => scores.Champion,
        GateReference.Previous => scores.Previous,
        GateReference.Baseline => scores.Baseline,
        _ => null,
    };

    /// <summary>The places of the rows for which a condition over the request holds; null is not true.</summary>
    /// <returns>Null, with the reason, when the condition cannot be evaluated over what the frozen rows carry.</returns>
    public int[]? Slice(string condition, RowSchema request, out string? reason)
    {
        var outcome = RowBinder.Bind(condition, request);
        if (!outcome.Succeeded)
        {
            reason = outcome.Problems[0].Message;
            return null;
        }

        if (outcome.Plan.Type != ScalarType.Boolean)
        {
            reason = $"{condition} is not a condition";
            return null;
        }

        var plan = outcome.Plan;
        var absent = plan.Reads.Where(c => !Carries(c)).ToList();
        if (absent.Count > 0)
        {
            reason = $"the frozen rows do not carry {string.Join(", ", absent)}";
            return null;
        }

        reason = null;
        var row = new Value[request.Fields.Count];
        return
        [
            .. All.Where(place =>
            {
                for (var c = 0; c < row.Length; c++)
                {
                    row[c] = plan.Reads.Contains(request.Fields[c].Name) ? ValueOf(request.Fields[c], scores.Rows[place]) : Value.Null;
                }

                return plan.Evaluate(row) is { IsNull: false, AsBoolean: true };
            }),
        ];
    }

    /// <summary>The cells of some columns: the rows of each combination of their categories that occurs.</summary>
    /// <returns>Null, with the reason, when the frozen rows do not carry a column, or there are too many cells to judge.</returns>
    public IReadOnlyList<Slice>? Cells(IReadOnlyList<string> columns, out string? reason)
    {
        var found = new List<SliceColumn>();
        foreach (var name in columns)
        {
            if (scores.Column(evaluation, name) is not { } column)
            {
                reason = $"the frozen rows do not carry {name} with few different values";
                return null;
            }

            found.Add(column);
        }

        Slice[] cells = [.. SliceEnumeration.Of(found, columns.Count, 1, int.MaxValue).Where(s => s.Conditions.Count == columns.Count)];
        reason = cells.Length == 0 ? "no row has a value in every column" : cells.Length > MostCells ? $"there are more than {MostCells} cells" : null;
        return reason is null ? cells : null;
    }

    private bool Carries(string column) => evaluation.Columns.ContainsKey(column) || evaluation.Texts?.ContainsKey(column) == true;

    private Value ValueOf(Field field, int row) =>
        evaluation.Texts?.GetValueOrDefault(field.Name) is { } texts
            ? texts[row] is { } text ? Value.FromText(text) : Value.Null
            : ToValue(evaluation.Columns[field.Name][row], field.Type);

    private static Value ToValue(double? value, ScalarType type) => (value, type) switch
    {
        (null, _) => Value.Null,
        ({ } v, ScalarType.Boolean) => Value.FromBoolean(v != 0),
        ({ } v, ScalarType.Integer) => Value.FromInteger((long)v),
        ({ } v, ScalarType.Number) => Value.FromNumber(v),
        _ => Value.Null,
    };
}

using Flyball.Engine.Expressions;
using Flyball.Training.Jobs;
using Flyball.Training.Tasks;

namespace Flyball.Registry;

/// <summary>The rows of a frozen evaluation that one gate looks at: all of them, or a slice.</summary>
/// <param name="Candidate">Labels and finite scores; rows without one are left out, because a gate of their own counts them.</param>
/// <param name="Champion">The champion's scores of the same rows; null when one of them is missing.</param>
internal sealed record EvaluatedRows(ScoredRows Candidate, ScoredRows? Champion)
{
    public int Count => Candidate.Count;

    public int Positives => Candidate.Labels.Count(l => l > 0.5);

    public static EvaluatedRows All(FrozenEvaluation evaluation) => Where(evaluation, _ => true);

    /// <summary>The rows for which a condition over the request holds; null is not true.</summary>
    /// <returns>Null, with the reason, when the condition cannot be evaluated over what the frozen rows carry.</returns>
    public static EvaluatedRows? Slice(FrozenEvaluation evaluation, string condition, RowSchema request, out string? reason)
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

        var absent = outcome.Plan.Reads.Where(c => !evaluation.Columns.ContainsKey(c)).ToList();
        if (absent.Count > 0)
        {
            reason = $"the frozen rows do not carry {string.Join(", ", absent)}";
            return null;
        }

        var plan = outcome.Plan;
        var columns = request.Fields.Select(f => plan.Reads.Contains(f.Name) ? evaluation.Columns[f.Name] : null).ToArray();
        var row = new Value[columns.Length];
        reason = null;
        return Where(evaluation, i =>
        {
            for (var c = 0; c < columns.Length; c++)
            {
                row[c] = columns[c] is { } values ? ToValue(values[i], request.Fields[c].Type) : Value.Null;
            }

            return plan.Evaluate(row) is { IsNull: false, AsBoolean: true };
        });
    }

    private static EvaluatedRows Where(FrozenEvaluation evaluation, Func<int, bool> holds)
    {
        List<int> places = [];
        var championComplete = evaluation.Champion is not null;
        for (var i = 0; i < evaluation.Labels.Length; i++)
        {
            if (evaluation.Candidate[i] is not { } score || !double.IsFinite(score) || !holds(i))
            {
                continue;
            }

            places.Add(i);
            championComplete &= evaluation.Champion?[i] is { } other && double.IsFinite(other);
        }

        var chosen = places.ToArray();
        return new EvaluatedRows(
            Scored(evaluation, evaluation.Candidate, evaluation.CandidateProbabilities).At(chosen),
            championComplete ? Scored(evaluation, evaluation.Champion!, evaluation.ChampionProbabilities).At(chosen) : null);
    }

    private static ScoredRows Scored(FrozenEvaluation evaluation, double?[] scores, float[][]? probabilities) =>
        new(ModelTasks.Named(evaluation.Task) ?? ModelTasks.Binary, [.. scores.Select(s => s ?? double.NaN)], evaluation.Labels) { Probabilities = probabilities, Groups = evaluation.Groups };

    private static Value ToValue(double? value, ScalarType type) => (value, type) switch
    {
        (null, _) => Value.Null,
        ({ } v, ScalarType.Boolean) => Value.FromBoolean(v != 0),
        ({ } v, ScalarType.Integer) => Value.FromInteger((long)v),
        ({ } v, ScalarType.Number) => Value.FromNumber(v),
        _ => Value.Null,
    };
}

using System.Globalization;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Slices;
using Flyball.Training.Jobs;

namespace Flyball.Training.Evaluation;

/// <summary>
/// A frozen evaluation as rows that metrics can look at: the candidate's scores, and those of the others where they have one for every row.
/// Rows without a finite score of the candidate are left out.
/// </summary>
/// <param name="Rows">The places in the evaluation of the rows kept.</param>
/// <param name="Candidate">The candidate's scores of these rows.</param>
/// <param name="Champion">The champion's; null when there is none, or a row has no score of it.</param>
/// <param name="Previous">Those of the champion before, likewise.</param>
/// <param name="Baseline">Those of the simplest model, likewise.</param>
public sealed record FrozenScores(IReadOnlyList<int> Rows, ScoredRows Candidate, ScoredRows? Champion, ScoredRows? Previous, ScoredRows? Baseline)
{
    /// <summary>A column with more different values than this is not cut into slices.</summary>
    public const int MostCategories = 50;

    public static FrozenScores Of(FrozenEvaluation evaluation)
    {
        int[] rows = [.. Enumerable.Range(0, evaluation.Labels.Length).Where(i => evaluation.Candidate[i] is { } score && double.IsFinite(score))];
        var candidate = Scored(evaluation, rows, [.. rows.Select(r => evaluation.Candidate[r]!.Value)]);
        return new FrozenScores(rows, candidate, Other(evaluation.Champion), Other(evaluation.Previous), Other(evaluation.Baseline));

        ScoredRows? Other(double?[]? scores) =>
            scores is not null && rows.All(r => scores[r] is { } score && double.IsFinite(score))
                ? candidate.WithScores([.. rows.Select(r => scores[r]!.Value)])
                : null;
    }

    /// <summary>A request column by which these rows can be cut; null when the evaluation does not carry it, or it has too many different values.</summary>
    public SliceColumn? Column(FrozenEvaluation evaluation, string name)
    {
        string?[]? values = evaluation.Texts?.GetValueOrDefault(name) is { } texts ? [.. Rows.Select(r => texts[r])]
            : evaluation.Columns.TryGetValue(name, out var numbers) ? [.. Rows.Select(r => numbers[r]?.ToString("R", CultureInfo.InvariantCulture))]
            : null;
        if (values is null)
        {
            return null;
        }

        string[] categories = [.. values.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (categories.Length is 0 or > MostCategories)
        {
            return null;
        }

        var codes = categories.Select((category, code) => (category, code)).ToDictionary(c => c.category, c => c.code, StringComparer.Ordinal);
        return new SliceColumn(name, [.. values.Select(v => v is null ? -1 : codes[v])], categories);
    }

    private static ScoredRows Scored(FrozenEvaluation evaluation, int[] rows, double[] scores)
    {
        var labels = rows.Select(r => evaluation.Labels[r]);
        var task = TaskNames.Find(evaluation.Task) ?? PredictionTasks.Binary;
        return task is PredictionTasks.Regression or PredictionTasks.Count or PredictionTasks.Forecast
            ? ScoredRows.Numeric(task, scores, [.. labels], evaluation.NaiveScale)
            : ScoredRows.Binary(scores, [.. labels.Select(l => l > 0.5)]);
    }
}

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
    /// <summary>What the rows without a value are called among the categories of a column.</summary>
    public const string Missing = "(missing)";

    /// <summary>A column with more different values than this is not cut into slices.</summary>
    public const int MostCategories = 50;

    public static FrozenScores Of(FrozenEvaluation evaluation)
    {
        var kept = Enumerable.Range(0, evaluation.Labels.Length).Where(i => evaluation.Candidate[i] is { } score && double.IsFinite(score));

        // The rows of a group stand together where an order is judged.
        int[] rows = [.. evaluation.Groups is { } groups ? kept.OrderBy(i => groups[i]) : kept];
        var candidate = Candidates(evaluation, rows);
        double?[]? baseline = evaluation.Baseline is { } simplest ? [.. simplest.Select(s => (double?)s)] : null;
        return new FrozenScores(
            rows,
            candidate,
            Other(evaluation.Champion, evaluation.ChampionProbabilities),
            Other(evaluation.Previous, evaluation.PreviousProbabilities),
            Other(baseline, evaluation.BaselineProbabilities));

        ScoredRows? Other(double?[]? scores, float[][]? probabilities) =>
            scores is null || rows.Any(r => scores[r] is not { } score || !double.IsFinite(score)) || (candidate.Outputs > 1 && probabilities is null)
                ? null
                : candidate.WithScores(Scores(candidate.Outputs, rows, scores, probabilities));
    }

    /// <summary>A request column by which these rows can be cut; null when the evaluation does not carry it, or it has too many different values.</summary>
    public SliceColumn? Column(FrozenEvaluation evaluation, string name)
    {
        string?[]? values = evaluation.Texts?.GetValueOrDefault(name) is { } texts ? [.. Rows.Select(r => texts[r])]
            : evaluation.Columns.TryGetValue(name, out var numbers) && HasFew(numbers) ? [.. Rows.Select(r => numbers[r]?.ToString("R", CultureInfo.InvariantCulture))]
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
        
        // Rows without a value are a category of their own: leaving them out would hide them from every gate on cells.
        return new SliceColumn(name, [.. values.Select(v => v is null ? categories.Length : codes[v])], values.Contains(null) ? [.. categories, Missing] : categories);
    }

    /// <summary>Whether so few numbers differ that they may be categories: writing many different ones as texts would take long.</summary>
    private bool HasFew(double?[] numbers)
    {
        var known = new HashSet<long>();
        foreach (var row in Rows)
        {
            if (numbers[row] is { } number && known.Add(BitConverter.DoubleToInt64Bits(number)) && known.Count > MostCategories)
            {
                return false;
            }
        }

        return true;
    }

    private static ScoredRows Candidates(FrozenEvaluation evaluation, int[] rows)
    {
        double[] labels = [.. rows.Select(r => evaluation.Labels[r])];
        var task = TaskNames.Find(evaluation.Task) ?? PredictionTasks.Binary;
        var outputs = task == PredictionTasks.Multiclass ? Math.Max(2, evaluation.Classes?.Count ?? 0) : 1;
        var scores = Scores(outputs, rows, evaluation.Candidate, evaluation.CandidateProbabilities);
        return task switch
        {
            PredictionTasks.Binary => ScoredRows.Binary(scores, [.. labels.Select(l => l > 0.5)]),
            PredictionTasks.Multiclass => ScoredRows.Multiclass(scores, outputs, [.. labels.Select(l => (int)l)]),
            PredictionTasks.Ranking => ScoredRows.Ranking(scores, labels, [.. rows.Select(r => evaluation.Groups?[r] ?? 0)]),
            _ => ScoredRows.Numeric(task, scores, labels, evaluation.NaiveScale),
        };
    }

    /// <summary>One score a row, or one a class; without probabilities NaN, which no metric takes.</summary>
    private static double[] Scores(int outputs, int[] rows, double?[] scores, float[][]? probabilities) =>
        outputs == 1
            ? [.. rows.Select(r => scores[r]!.Value)]
            : [.. rows.SelectMany(r => probabilities is null ? Enumerable.Repeat(double.NaN, outputs) : probabilities[r].Select(p => (double)p))];
}

using System.Collections.Frozen;
using Flyball.Engine.Evaluation;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Tasks;

/// <summary>The metrics of the tasks other than binary classification, by the names that gates use.</summary>
public static class TaskMetrics
{
    private static readonly FrozenDictionary<string, Func<ScoredRows, MetricValue>> OfNumbers = new Dictionary<string, Func<ScoredRows, MetricValue>>(StringComparer.Ordinal)
    {
        ["rmse"] = rows => NumberMetrics.RootMeanSquaredError(rows.Scores, rows.Labels),
        ["mae"] = rows => NumberMetrics.MeanAbsoluteError(rows.Scores, rows.Labels),
        ["r2"] = rows => NumberMetrics.R2(rows.Scores, rows.Labels),
        ["mape"] = rows => NumberMetrics.MeanAbsolutePercentageError(rows.Scores, rows.Labels),
        ["wape"] = rows => NumberMetrics.WeightedAbsolutePercentageError(rows.Scores, rows.Labels),
        ["poisson_deviance"] = rows => NumberMetrics.PoissonDeviance(rows.Scores, rows.Labels),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<ScoredRows, MetricValue>> OfClasses = new Dictionary<string, Func<ScoredRows, MetricValue>>(StringComparer.Ordinal)
    {
        ["log_loss"] = ClassMetrics.LogLoss,
        ["accuracy"] = ClassMetrics.Accuracy,
        ["f1_macro"] = ClassMetrics.MacroF1,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<ScoredRows, MetricValue>> OfRanks = new Dictionary<string, Func<ScoredRows, MetricValue>>(StringComparer.Ordinal)
    {
        ["ndcg"] = Ndcg,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How a metric is measured for a task that is not binary; null when it does not apply to it.</summary>
    public static Func<ScoredRows, MetricValue>? Named(ModelTask task, string metric) => Of(task).GetValueOrDefault(metric);

    /// <summary>The metrics that apply to a task that is not binary.</summary>
    public static IReadOnlyList<string> NamesOf(ModelTask task) => [.. Of(task).Keys.Order(StringComparer.Ordinal)];

    /// <summary>All that the rows determine.</summary>
    public static IReadOnlyDictionary<string, double> Of(ScoredRows rows)
    {
        if (rows.Task.IsProbability)
        {
            return TestMetrics.Of(rows.Scores, [.. rows.Labels.Select(l => l > 0.5)]);
        }

        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, measure) in Of(rows.Task))
        {
            if (measure(rows).Value is { } value)
            {
                metrics[name] = value;
            }
        }

        return metrics;
    }

    private static FrozenDictionary<string, Func<ScoredRows, MetricValue>> Of(ModelTask task) =>
        task.HasSeveralOutputs ? OfClasses : task.Name == "ranking" ? OfRanks : OfNumbers;

    private static MetricValue Ndcg(ScoredRows rows)
    {
        if (rows.Groups is null || rows.Count == 0)
        {
            return MetricValue.None("no groups");
        }

        var order = Enumerable.Range(0, rows.Count).OrderBy(i => rows.Groups[i]).ToArray();
        float[] scores = [.. order.Select(i => (float)rows.Scores[i])];
        float[] grades = [.. order.Select(i => (float)rows.Labels[i])];
        return MetricValue.Of(RankingGain.Ndcg(scores, grades, [.. rows.Groups.CountBy(g => g).OrderBy(g => g.Key).Select(g => g.Value)]));
    }
}

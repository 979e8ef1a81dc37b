using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Registry.Gates;

/// <summary>
/// What a metric says of a model that knows nothing. A bound that such a model meets says nothing about another.
/// <list type="number">
/// <item>A metric with a level of chance has that: 0.5 for the area under the curve, 0 for r2, ln 2 for the log loss of two classes.</item>
/// <item>A share without one has its worst value: 0 where higher is better, 1 where lower is.</item>
/// <item>A figure without an end, such as an error in the label's own unit, has what the same answer for every row gets: the mean of the labels.</item>
/// </list>
/// </summary>
internal static class NoSkill
{
    /// <summary>By name. Shares that are not here have their worst value.</summary>
    private static readonly Dictionary<string, double> Chance = new(StringComparer.Ordinal)
    {
        ["roc_auc"] = 0.5,
        ["roc_auc_ovr_macro"] = 0.5,
        ["roc_auc_ovr_weighted"] = 0.5,
        ["brier_score"] = 0.25,
        ["log_loss"] = 0.6931471805599453,
        ["multiclass_brier_score"] = 2,
        ["lift"] = 1,
        ["smape"] = 2,
    };

    /// <summary>The figure without looking at rows; null when it depends on them.</summary>
    /// <param name="classes">How many classes there are; 2 where that is not known, which for the log loss is the strictest.</param>
    public static double? Of(MetricDefinition metric, int classes = 2) =>
        metric.Name == "log_loss" && classes > 2 ? Math.Log(classes)
        : metric.Name == "multiclass_brier_score" && classes > 2 ? 1 - (1.0 / classes)
        : Chance.TryGetValue(metric.Name, out var level) ? level
        : (metric.Kind, metric.Direction) switch
        {
            (MetricKind.Share, MetricDirection.Higher) => 0,
            (MetricKind.Share, MetricDirection.Lower) => 1,
            (_, MetricDirection.Higher) => 0,
            _ => null,
        };

    /// <summary>The figure on rows: measured with the mean label for every row where the metric has no level of its own.</summary>
    /// <returns>Null when it cannot be measured there.</returns>
    public static double? On(Metric metric, ScoredRows rows)
    {
        if (Of(metric.Definition, rows.Outputs) is { } level)
        {
            return level;
        }

        if (rows.Count == 0 || rows.Outputs > 1)
        {
            return null;
        }

        var mean = 0.0;
        foreach (var label in rows.Labels)
        {
            mean += label / rows.Count;
        }

        var same = new double[rows.Count];
        Array.Fill(same, mean);
        return metric.Measure(rows.WithScores(same)).Value;
    }
}

using System.Collections.Frozen;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>The tasks as a model file writes them.</summary>
public static class TaskNames
{
    private static readonly FrozenDictionary<string, PredictionTasks> Known = new Dictionary<string, PredictionTasks>(StringComparer.Ordinal)
    {
        ["binary-classification"] = PredictionTasks.Binary,
        ["multiclass-classification"] = PredictionTasks.Multiclass,
        ["regression"] = PredictionTasks.Regression,
        ["count"] = PredictionTasks.Count,
        ["forecast"] = PredictionTasks.Forecast,
        ["ranking"] = PredictionTasks.Ranking,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The task of a name such as <c>binary-classification</c>; null when there is none of this name.</summary>
    public static PredictionTasks? Find(string name) => Known.TryGetValue(name, out var task) ? task : null;

    /// <summary>The names of a set of tasks, separated by commas, in a fixed order.</summary>
    public static string Of(PredictionTasks tasks) =>
        string.Join(", ", Known.Where(k => tasks.HasFlag(k.Value)).OrderBy(k => (int)k.Value).Select(k => k.Key));
}

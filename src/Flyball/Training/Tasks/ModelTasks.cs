using System.Collections.Frozen;

namespace Flyball.Training.Tasks;

/// <summary>The tasks that there are, by name.</summary>
public static class ModelTasks
{
    private static readonly FrozenDictionary<string, ModelTask> Known =
        ((ModelTask[])[new BinaryTask(), new MulticlassTask(), new RegressionTask(), new CountTask(), new RankingTask(), new ForecastTask()])
        .ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    public static ModelTask Binary => Known["binary-classification"];

    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Null when there is none of this name.</summary>
    public static ModelTask? Named(string name) => Known.GetValueOrDefault(name);
}

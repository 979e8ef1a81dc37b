using System.Collections.Frozen;

namespace Flyball.Training.Trainers;

/// <summary>The trainers that there are, by name.</summary>
public static class TrainerCatalog
{
    private static readonly FrozenDictionary<string, ITrainer> Known =
        ((ITrainer[])[new XGBoostTreesTrainer()]).ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Null when there is none of this name.</summary>
    public static ITrainer? Named(string name) => Known.GetValueOrDefault(name);
}

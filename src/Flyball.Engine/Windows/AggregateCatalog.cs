using System.Collections.Frozen;

namespace Flyball.Engine.Windows;

/// <summary>Every aggregate by its name; two of one name fail when the catalog is first used.</summary>
internal static class AggregateCatalog
{
    public static FrozenDictionary<string, Aggregate> ByName { get; } = new Aggregate[]
    {
        new CountAggregate(), new SumAggregate(), new MeanAggregate(), new ExtremeAggregate<Smallest>("min"), new ExtremeAggregate<Greatest>("max"),
    }.ToFrozenDictionary(aggregate => aggregate.Name, StringComparer.Ordinal);
}

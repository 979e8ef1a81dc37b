using System.Collections.Frozen;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>Every aggregate by its name; two of one name fail when the catalog is first used.</summary>
internal static class AggregateCatalog
{
    public static FrozenDictionary<string, Aggregate> ByName { get; } = NamedCatalog.Of<Aggregate>(
        [
            new CountAggregate(), new RateAggregate(),
            MomentAggregate.Sum(), MomentAggregate.Mean(), MomentAggregate.Variance(), MomentAggregate.Deviation(), MomentAggregate.Trend(),
            new ExtremeAggregate("min", greatest: false), new ExtremeAggregate("max", greatest: true),
            new EndAggregate("first", first: true, closed: false), new EndAggregate("last", first: false, closed: false),
            new EndAggregate("latest", first: false, closed: true),
            new TimeSinceLastAggregate(), new DistinctAggregate(), new ApproximateDistinctAggregate(), new QuantileAggregate(),
            new ListAggregate("top_k", greatest: true), new ListAggregate("last_k", greatest: false),
        ],
        aggregate => aggregate.Name);
}

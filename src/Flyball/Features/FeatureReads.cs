using Flyball.Contracts;
using Flyball.Engine.Identity;
using Flyball.Engine.Windows;

namespace Flyball.Features;

/// <summary>What features take from their source: the part of a contract that a feature depends on.</summary>
public static class FeatureReads
{
    /// <summary>The columns of the source that one feature of a view reads.</summary>
    public static IReadOnlyList<string> Of(EntityFeatureView view, string feature)
    {
        var definition = view.Definition.Features.First(f => f.Name == feature);
        var alone = EntityViewPlan.Compile([new FeatureSource(definition.Name, definition.Expression)], view.Source.Schema);
        return alone.Plan?.Reads ?? throw new InvalidOperationException($"The feature {feature} compiled in its view and not alone.");
    }

    /// <summary>
    /// Names what columns mean to whoever computes with them: the source, its event time, and each column's type. Words, bounds and other
    /// columns of the contract are not part of it, so a compatible change leaves trained versions as they are.
    /// </summary>
    public static Digest MeaningOf(ContractPlan source, IEnumerable<string> columns)
    {
        var time = source.IsTimedByArrival ? "" : source.Schema.Fields[source.EventTimeIndex].Name;
        var parts = columns.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => (name, at: source.Schema.IndexOf(name))).Where(c => c.at >= 0)
            .Select(c => $"{c.name} {source.Schema.Fields[c.at].Type} {source.Definition.Fields[c.at].LogicalType}");
        return Digest.Of($"{source.Source}\n{time}\n{string.Join('\n', parts)}");
    }
}

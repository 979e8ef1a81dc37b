using System.Collections.Frozen;
using Flyball.Contracts;
using Flyball.Engine.Identity;

namespace Flyball.Features;

/// <summary>Every feature of a workspace by name. Immutable. Cost to make: each feature is compiled alone once.</summary>
public sealed class FeatureCatalogue
{
    private readonly FrozenDictionary<string, CataloguedFeature> byName;

    private FeatureCatalogue(IReadOnlyList<CataloguedFeature> features)
    {
        Features = features;
        byName = features.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
    }

    /// <summary>Views of entities first, then those on the request, each by name; features in the order of their files.</summary>
    public IReadOnlyList<CataloguedFeature> Features { get; }

    public CataloguedFeature? Find(string name) => byName.GetValueOrDefault(name);

    public static FeatureCatalogue Of(FeaturePlans plans)
    {
        var found = new List<CataloguedFeature>();
        foreach (var view in plans.EntityViews)
        {
            found.AddRange(view.Definition.Features.Select((definition, i) => Entity(view, definition, i)));
        }

        var upstream = found.ToDictionary(f => f.Name, StringComparer.Ordinal);
        foreach (var view in plans.RequestViews)
        {
            found.AddRange(view.Definition.Features.Select((definition, i) => OnRequest(view, definition, i, upstream)));
        }

        return new FeatureCatalogue(found);
    }

    private static CataloguedFeature Entity(EntityFeatureView view, FeatureDefinition definition, int index)
    {
        var plan = view.Plan.Features[index];
        var columns = FeatureReads.Of(view, definition.Name);
        var entity = view.Definition.Entity!;
        var digest = EntityFeatureView.Identify(Digest.Of(plan.Canonical), FeatureReads.MeaningOf(view.Source, [.. columns, entity]), Digest.Of(entity));
        return new CataloguedFeature($"{view.Name}.{definition.Name}", plan.Type, plan.Canonical, digest, view.Definition, definition)
        {
            Source = view.Source.Source,
            Columns = [.. columns.Order(StringComparer.Ordinal)],
            Selectors = [entity, .. TimeOf(view.Source)],
        };
    }

    private static CataloguedFeature OnRequest(RequestFeatureView view, FeatureDefinition definition, int index, Dictionary<string, CataloguedFeature> entityFeatures)
    {
        var plan = view.Features[index].Plan;
        var upstream = plan.Reads.Where(entityFeatures.ContainsKey).Order(StringComparer.Ordinal).ToList();
        var columns = plan.Reads.Except(upstream, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var digest = EntityFeatureView.Identify([Digest.Of(plan.Canonical), FeatureReads.MeaningOf(view.Source, columns), .. upstream.Select(u => entityFeatures[u].Digest)]);
        return new CataloguedFeature($"{view.Name}.{definition.Name}", plan.Type, plan.Canonical, digest, view.Definition, definition)
        {
            Source = view.Source.Source,
            Columns = columns,
            Selectors = [],
            Upstream = upstream,
        };
    }

    private static IEnumerable<string> TimeOf(ContractPlan source) => source.IsTimedByArrival ? [] : [source.Schema.Fields[source.EventTimeIndex].Name];
}

using Flyball.Features;

namespace Flyball.Training.Lineage;

/// <summary>The columns behind a feature, through the features it reads.</summary>
public static class FeatureOrigins
{
    /// <summary>By source and column, those that enter the value first.</summary>
    public static IReadOnlyList<FeatureOrigin> Of(CataloguedFeature feature, FeatureCatalogue catalogue)
    {
        var onRequest = feature.View.OnRequest;
        var own = feature.Columns.Select(c => new FeatureOrigin(feature.Source, c, true, onRequest ? "TRANSFORMATION" : "AGGREGATION"))
            .Concat(feature.Selectors.Select((c, i) => new FeatureOrigin(feature.Source, c, false, i == 0 ? "GROUP_BY" : "WINDOW")));
        return
        [
            .. own.Concat(feature.Upstream.SelectMany(u => catalogue.Find(u) is { } read ? Of(read, catalogue) : []))
                .Distinct()
                .OrderByDescending(s => s.Direct).ThenBy(s => s.Source, StringComparer.Ordinal).ThenBy(s => s.Column, StringComparer.Ordinal).ThenBy(s => s.Transformation, StringComparer.Ordinal),
        ];
    }
}

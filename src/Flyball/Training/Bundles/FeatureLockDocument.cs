using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Features;

namespace Flyball.Training.Bundles;

/// <summary>
/// <c>features.lock.json</c>: each feature of the vector, and each that one of them reads, as it was when the model was trained, with what names
/// its meaning. A load compares <c>definition</c>, a plan of changes compares <c>digest</c>.
/// </summary>
internal static class FeatureLockDocument
{
    /// <summary>Canonical JSON.</summary>
    public static byte[] Of(ModelPlan model, ProjectPlan project, FeatureCatalogue catalogue)
    {
        var columns = model.Vector.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var names = columns.Keys.Concat(columns.Keys.SelectMany(c => catalogue.Find(c)?.Upstream ?? [])).Distinct(StringComparer.Ordinal);
        return CanonicalJson.Write(new JsonObject
        {
            ["format"] = 1,
            ["model"] = model.Name,
            ["vector"] = model.Vector.Digest.Hex,
            ["contracts"] = new JsonObject(ContractsOf(model, project).Select(c => KeyValuePair.Create(c.Source, (JsonNode?)c.Digest.Hex))),
            ["features"] = new JsonArray([.. names.Select(n => catalogue.Find(n)).OfType<CataloguedFeature>().Select(f => Feature(f, project, columns.GetValueOrDefault(f.Name)))]),
        });
    }

    /// <summary>The contracts of everything that the model is made from, by source.</summary>
    public static IEnumerable<ContractPlan> ContractsOf(ModelPlan model, ProjectPlan project) =>
        model.Vector.EntityViews.Select(v => v.Source).Append(model.Vector.Request).Append(model.LabelSource)
            .DistinctBy(c => c.Source, StringComparer.Ordinal).OrderBy(c => c.Source, StringComparer.Ordinal).Select(c => project.Contracts.GetValueOrDefault(c.Source, c));

    private static JsonObject Feature(CataloguedFeature feature, ProjectPlan project, FeatureColumn? column)
    {
        var entity = project.Features.EntityView(feature.View.Name);
        var window = entity?.Plan.Features.FirstOrDefault(f => f.Name == feature.Definition.Name)?.LongestWindowMicros;
        return new JsonObject
        {
            ["name"] = feature.Name,
            ["type"] = feature.Type.ToString().ToLowerInvariant(),
            ["view"] = feature.View.Name,
            ["view_digest"] = feature.View.Digest.Hex,
            ["entity"] = feature.View.Entity,
            ["source"] = feature.Source,
            ["columns"] = Texts(feature.Columns),
            ["expression"] = feature.Definition.Expression,
            ["canonical"] = feature.Expression,
            ["window"] = window is { } micros ? DurationText.Format(micros) : null,
            ["unit"] = feature.Definition.Unit,
            ["owner"] = feature.Owner,
            ["reads"] = Texts(feature.Upstream),
            ["digest"] = feature.Digest.Hex,
            ["definition"] = column?.Definition.Hex,
        };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}

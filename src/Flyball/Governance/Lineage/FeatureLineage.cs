using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Features;
using Flyball.Monitoring.Measured;
using Flyball.Serving;
using Flyball.Serving.Logged;
using Flyball.Training;
using Flyball.Training.Lineage;

namespace Flyball.Governance.Lineage;

/// <summary>
/// From column to feature to model version to prediction, and back.
/// <list type="number">
/// <item>Columns come from the compiled expressions, through the features that a feature reads.</item>
/// <item>Versions come from the registry, with the features of their bundles; models from the project's files.</item>
/// <item>Predictions come from the log.</item>
/// </list>
/// </summary>
internal sealed class FeatureLineage(ActiveProject project, LiveVersions live, FeatureUsage usage, FeatureFindings findings, PredictionSearch search)
{
    private const int ShownFindings = 10;

    /// <summary>Every feature, view by view.</summary>
    public JsonObject List(CancellationToken cancellation)
    {
        var catalogue = FeatureCatalogue.Of(project.Current.Features);
        var (uses, versions) = (usage.All(cancellation), live.All());
        return new JsonObject
        {
            ["views"] = new JsonArray([.. catalogue.Features.GroupBy(f => f.View.Name, StringComparer.Ordinal).Select(view => (JsonNode)ViewOf(view.First(), view.Select(f => Brief(f, uses, versions))))]),
        };
    }

    /// <summary>One feature with all that depends on it; null when there is none of this name.</summary>
    public JsonObject? Feature(string name, CancellationToken cancellation)
    {
        var catalogue = FeatureCatalogue.Of(project.Current.Features);
        if (catalogue.Find(name) is not { } feature)
        {
            return null;
        }

        var versions = live.All();
        var shown = Brief(feature, usage.All(cancellation), versions);
        shown["feature"] = feature.Name;
        shown["view"] = feature.View.Name;
        shown["entity"] = feature.View.Entity;
        shown["source"] = feature.Source;
        shown["columns"] = Columns(feature, catalogue);
        shown["reads"] = Texts(feature.Upstream);
        shown["read_by"] = Texts(catalogue.Features.Where(f => f.Upstream.Contains(feature.Name, StringComparer.Ordinal)).Select(f => f.Name));
        shown["versions"] = new JsonArray([.. versions.Where(v => v.DefinitionOf(name) is not null).Select(v => (JsonNode)VersionOf(v, cancellation))]);
        shown["findings"] = new JsonArray([.. findings.List(null, name, ShownFindings).Select(r => (JsonNode)new JsonObject
        {
            ["at"] = r.At,
            ["model"] = r.Model,
            ["findings"] = new JsonArray([.. r.Findings.Select(f => (JsonNode)new JsonObject { ["check"] = f.Check, ["message"] = f.Message })]),
        })]);
        return shown;
    }

    /// <summary>One model: its features with their columns, and its versions in service; null when the project has none of this name.</summary>
    public JsonObject? Model(string name, CancellationToken cancellation)
    {
        if (!project.Current.Models.TryGetValue(name, out var model))
        {
            return null;
        }

        var catalogue = FeatureCatalogue.Of(project.Current.Features);
        return new JsonObject
        {
            ["model"] = name,
            ["requests"] = model.Vector.Request.Source,
            ["label"] = new JsonObject { ["source"] = model.LabelSource.Source, ["column"] = model.LabelSource.Schema.Fields[model.LabelValueIndex].Name },
            ["features"] = new JsonArray([.. model.Vector.Columns.Select(c => (JsonNode)FeatureOf(c.Name, catalogue))]),
            ["versions"] = new JsonArray([.. live.Of(name).Select(v => (JsonNode)VersionOf(v, cancellation))]),
        };
    }

    /// <summary>One prediction: the version that made it, its features with their columns and values; null when the log does not hold it.</summary>
    public async Task<JsonObject?> PredictionAsync(string requestId, CancellationToken cancellation) =>
        await search.FindAsync(requestId, cancellation) is { } found ? PredictionOf(found.Record) : null;

    private JsonObject PredictionOf(PredictionRecord record)
    {
        var catalogue = FeatureCatalogue.Of(project.Current.Features);
        var version = live.Named(record.Model, record.Digest);
        var features = new JsonArray();
        for (var i = 0; i < Math.Min(record.Features.Length, version?.Manifest.Features.Count ?? 0); i++)
        {
            var used = version!.Manifest.Features[i];
            var feature = FeatureOf(used.Name, catalogue);
            feature["definition"] = used.Definition;
            feature["value"] = ValueJson.Of(record.Features[i]);
            features.Add((JsonNode)feature);
        }

        return new JsonObject
        {
            ["request_id"] = record.RequestId,
            ["model"] = record.Model,
            ["version"] = record.Version,
            ["digest"] = record.Digest.Hex,
            ["run_id"] = version?.RunId,
            ["rung"] = RungNames.Of(record),
            ["instant"] = record.Instant.ToString(),
            ["horizon"] = record.Horizon.Seq,
            ["score"] = record.Score,
            ["decision"] = record.Decision,
            ["features"] = features,
        };
    }

    private JsonObject VersionOf(LiveVersion version, CancellationToken cancellation)
    {
        var count = usage.Of(version.Model, version.Digest, cancellation);
        return new JsonObject
        {
            ["model"] = version.Model,
            ["version"] = version.Version,
            ["role"] = version.Role,
            ["digest"] = version.Digest.Hex,
            ["run_id"] = version.RunId,
            ["predictions"] = count?.Predictions ?? 0,
            ["last_prediction"] = count?.Last.ToString(),
        };
    }

    private static JsonObject ViewOf(CataloguedFeature any, IEnumerable<JsonObject> features) => new()
    {
        ["view"] = any.View.Name,
        [any.View.OnRequest ? "inputs" : "source"] = any.Source,
        ["entity"] = any.View.Entity,
        ["owner"] = any.View.Owner,
        ["digest"] = any.View.Digest.Hex,
        ["features"] = new JsonArray([.. features.Select(f => (JsonNode)f)]),
    };

    private JsonObject Brief(CataloguedFeature feature, IReadOnlyDictionary<string, FeatureUse> uses, IReadOnlyList<LiveVersion> versions)
    {
        var use = uses.GetValueOrDefault(feature.Name);
        return new JsonObject
        {
            ["name"] = feature.Definition.Name,
            ["type"] = feature.Type.ToString(),
            ["expression"] = feature.Expression,
            ["digest"] = feature.Digest.Hex,
            ["owner"] = feature.Owner,
            ["unit"] = feature.Definition.Unit,
            ["description"] = feature.Definition.Description,
            ["checks"] = feature.Definition.Checks?.ToJson(),
            ["retired"] = feature.Definition.IsRetired,
            ["models"] = Texts(project.Current.Models.Values.Where(m => m.Vector.Columns.Any(c => c.Name == feature.Name)).Select(m => m.Name).Order(StringComparer.Ordinal)),
            ["in_service"] = Texts(versions.Where(v => v.DefinitionOf(feature.Name) is not null).Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Model} {v.Version} ({v.Role})"))),
            ["served"] = use?.Served ?? 0,
            ["last_served"] = use?.LastServed,
        };
    }

    internal static JsonObject FeatureOf(string name, FeatureCatalogue catalogue) => catalogue.Find(name) is { } feature
        ? new JsonObject { ["feature"] = name, ["digest"] = feature.Digest.Hex, ["columns"] = Columns(feature, catalogue), ["reads"] = Texts(feature.Upstream) }
        : new JsonObject { ["feature"] = name };

    private static JsonArray Columns(CataloguedFeature feature, FeatureCatalogue catalogue) => new([.. FeatureOrigins.Of(feature, catalogue).Select(o => (JsonNode)new JsonObject
    {
        ["source"] = o.Source,
        ["column"] = o.Column,
        ["type"] = o.Direct ? "direct" : "indirect",
        ["transformation"] = o.Transformation.ToLowerInvariant(),
    })]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}

using System.Text.Json.Nodes;
using Flyball.Features;
using Flyball.Registry;
using Flyball.Training;

namespace Flyball.Governance.Lineage;

/// <summary>
/// One version from end to end: the tables its run read, the features with their columns, the run, the version with whoever allowed it, where
/// it stands in service, and how often it answered.
/// </summary>
internal sealed class VersionLineage(ModelRegistry registry, TrainingRuns runs, ActiveProject project, LiveVersions live, FeatureUsage usage)
{
    private const int Page = 1_000;

    /// <summary>Null when there is no such version. Cost: reads its bundle, and the lineage log for the tables.</summary>
    public JsonObject? Of(string model, int version, CancellationToken cancellation)
    {
        if (registry.Labels.Find(model, version) is not { } record)
        {
            return null;
        }

        var found = record.Version;
        // A judged version names the run it was logged from; its bundle names the one that judged it.
        var made = found.HasBundle ? live.Named(model, found.Digest)?.Manifest.RunId ?? found.RunId : found.RunId;
        var run = made.Length == 0 ? null : runs.Find(made);
        var count = usage.Of(model, found.Digest, cancellation);
        return new JsonObject
        {
            ["model"] = model,
            ["version"] = version,
            ["digest"] = found.Digest.Hex,
            ["state"] = found.State,
            ["source"] = found.Source,
            ["logged_model"] = found.LoggedModel,
            ["datasets"] = found.HasBundle ? Tables(found) : null,
            ["features"] = found.HasBundle ? Features(found) : null,
            ["run"] = run is null ? RunId(found) : RunOf(run),
            ["approvals"] = new JsonArray([.. registry.Approvals(model, version).Select(a => (JsonNode)new JsonObject { ["decision"] = a.Decision, ["actor"] = a.Actor, ["at"] = a.DecidedAt, ["digest"] = a.Digest })]),
            ["deployment"] = new JsonObject
            {
                ["aliases"] = new JsonArray([.. record.Aliases.Select(a => (JsonNode)a)]),
                ["stage"] = found.Stage,
                ["role"] = found.HasBundle ? live.Of(model).FirstOrDefault(v => v.Version == version)?.Role : null,
                ["used_by"] = new JsonArray([.. registry.Life.UsesOf(model, version).Select(u => (JsonNode)u)]),
            },
            ["predictions"] = count?.Predictions ?? 0,
            ["last_prediction"] = count?.Last.ToString(),
        };
    }

    private JsonArray Features(ModelVersion version)
    {
        var catalogue = FeatureCatalogue.Of(project.Current.Features);
        return live.Named(version.Model, version.Digest) is { } read
            ? new JsonArray([.. read.Manifest.Features.Select(f =>
            {
                var feature = FeatureLineage.FeatureOf(f.Name, catalogue);
                feature["definition"] = f.Definition;
                return (JsonNode)feature;
            })])
            : [];
    }

    /// <summary>The tables of the lake that the bundle's run read, by the digests of their manifests; null when the lineage log does not hold it.</summary>
    private JsonArray? Tables(ModelVersion version)
    {
        for (long from = 0; runs.Lineage.Read(from, Page) is { Count: > 0 } events; from += events.Count)
        {
            if (events.FirstOrDefault(e => e["outputs"] is JsonArray { Count: > 0 } made && Made(made[0]) == version.Digest.Hex) is { } completed)
            {
                return new JsonArray([.. completed["inputs"]!.AsArray().Select(i => (JsonNode)new JsonObject { ["table"] = i!["name"]!.GetValue<string>(), ["digest"] = Made(i) })]);
            }
        }

        return null;
    }

    /// <summary>The digest that a dataset of an event is named by.</summary>
    private static string? Made(JsonNode? dataset) => dataset?["facets"]?["version"]?["datasetVersion"]?.GetValue<string>();

    private static JsonObject? RunId(ModelVersion version) => version.RunId.Length == 0 ? null : new JsonObject { ["run_id"] = version.RunId };

    private static JsonObject RunOf(TrainingRun run) => new()
    {
        ["run_id"] = run.RunId,
        ["state"] = run.State,
        ["author"] = run.Author,
        ["started_at"] = run.StartedAt,
        ["finished_at"] = run.FinishedAt,
        ["horizon"] = run.Horizon,
        ["bundle"] = run.Bundle,
    };
}

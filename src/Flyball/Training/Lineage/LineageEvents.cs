using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Engine.Identity;
using Flyball.Features;
using Flyball.Storage.Lakes;

namespace Flyball.Training.Lineage;

/// <summary>
/// Training runs as OpenLineage events, specification 2-0-2 (https://openlineage.io/spec/2-0-2/OpenLineage.json): a START, and one COMPLETE, FAIL or
/// ABORT under the same run id. Inputs are the tables of the lake with their schema and version; the output is the model with the columns each
/// feature comes from. Pure.
/// </summary>
internal static class LineageEvents
{
    private const string Producer = "urn:flyball:lineage:1";
    private const string SchemaUrl = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
    private const string Facets = "https://openlineage.io/spec/facets/";

    /// <summary>The id of one attempt at a run: a UUID of version 8 (RFC 9562), made of the run's id and the attempt's start.</summary>
    public static Guid AttemptOf(string runId, string startedAt)
    {
        var bytes = Digest.Of($"{runId} {startedAt}").ToBytes()[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <param name="type">START, COMPLETE, FAIL or ABORT.</param>
    /// <param name="at">RFC 3339.</param>
    public static JsonObject Bare(string type, string at, Guid run, string project, string model) => new()
    {
        ["eventType"] = type,
        ["eventTime"] = at,
        ["producer"] = Producer,
        ["schemaURL"] = SchemaUrl,
        ["run"] = new JsonObject { ["runId"] = run.ToString("D", CultureInfo.InvariantCulture), ["facets"] = new JsonObject() },
        ["job"] = new JsonObject
        {
            ["namespace"] = NamespaceOf(project),
            ["name"] = $"train.{model}",
            ["facets"] = new JsonObject
            {
                ["jobType"] = Facet("2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet", new JsonObject { ["processingType"] = "BATCH", ["integration"] = "FLYBALL", ["jobType"] = "TRAINING" }),
            },
        },
        ["inputs"] = new JsonArray(),
        ["outputs"] = new JsonArray(),
    };

    /// <summary>Adds the tables a run reads.</summary>
    public static JsonObject WithInputs(this JsonObject lineage, string project, ProjectPlan plan, IEnumerable<LakeManifest> tables)
    {
        lineage["inputs"] = new JsonArray([.. tables.OrderBy(t => t.Table, StringComparer.Ordinal).Select(t => (JsonNode)new JsonObject
        {
            ["namespace"] = NamespaceOf(project),
            ["name"] = t.Table,
            ["facets"] = new JsonObject { ["schema"] = Schema(plan.Contracts[t.Table]), ["version"] = Version(t.Digest.Hex) },
        })]);
        return lineage;
    }

    /// <summary>Adds the model that a run made, with the columns of each feature.</summary>
    /// <param name="bundle">Its digest; null before it is made.</param>
    public static JsonObject WithModel(this JsonObject lineage, string project, ModelPlan model, FeatureCatalogue catalogue, string? bundle)
    {
        var facets = new JsonObject
        {
            ["schema"] = Facet("1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet", new JsonObject
            {
                ["fields"] = new JsonArray([.. model.Vector.Columns.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["type"] = c.Type.ToString() })]),
            }),
            ["columnLineage"] = Columns(project, model, catalogue),
        };
        if (bundle is not null)
        {
            facets["version"] = Version(bundle);
        }

        lineage["outputs"] = new JsonArray(new JsonObject { ["namespace"] = NamespaceOf(project), ["name"] = $"model.{model.Name}", ["facets"] = facets });
        return lineage;
    }

    /// <summary>Adds why a run failed.</summary>
    public static JsonObject WithError(this JsonObject lineage, string message)
    {
        lineage["run"]!["facets"]!["errorMessage"] = Facet(
            "1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet", new JsonObject { ["message"] = message, ["programmingLanguage"] = "C#" });
        return lineage;
    }

    private static JsonObject Columns(string project, ModelPlan model, FeatureCatalogue catalogue)
    {
        var fields = new JsonObject();
        foreach (var column in model.Vector.Columns)
        {
            if (catalogue.Find(column.Name) is { } feature)
            {
                fields[column.Name] = new JsonObject { ["inputFields"] = new JsonArray([.. FeatureOrigins.Of(feature, catalogue).Select(s => (JsonNode)Input(project, s))]) };
            }
        }

        return Facet("1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet", new JsonObject { ["fields"] = fields });
    }

    private static JsonObject Input(string project, FeatureOrigin source) => new()
    {
        ["namespace"] = NamespaceOf(project),
        ["name"] = source.Source,
        ["field"] = source.Column,
        ["transformations"] = new JsonArray(new JsonObject { ["type"] = source.Direct ? "DIRECT" : "INDIRECT", ["subtype"] = source.Transformation, ["masking"] = false }),
    };

    private static JsonObject Schema(ContractPlan contract) => Facet("1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet", new JsonObject
    {
        ["fields"] = new JsonArray([.. contract.Schema.Fields.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["type"] = f.Type.ToString() })]),
    });

    private static JsonObject Version(string version) =>
        Facet("1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet", new JsonObject { ["datasetVersion"] = version });

    /// <summary>Every facet says who made it and by which schema.</summary>
    private static JsonObject Facet(string schema, JsonObject facet)
    {
        facet["_producer"] = Producer;
        facet["_schemaURL"] = Facets + schema;
        return facet;
    }

    private static string NamespaceOf(string project) => $"flyball://{project}";
}

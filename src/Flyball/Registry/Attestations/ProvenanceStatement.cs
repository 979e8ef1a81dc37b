using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Training;

namespace Flyball.Registry.Attestations;

/// <summary>
/// How a bundle came about, as SLSA provenance v1 (<c>https://slsa.dev/provenance/v1</c>): what was asked for, what it was made from, with which program.
/// All of it is what the run's id is the digest of, and the project as this program applied it; nothing is what a caller said.
/// </summary>
internal static class ProvenanceStatement
{
    public const string PredicateType = "https://slsa.dev/provenance/v1";

    /// <summary>Names the shape of the parameters below.</summary>
    private const string BuildType = "urn:flyball:training-run:v1";

    /// <summary>Canonical JSON of the in-toto statement.</summary>
    /// <param name="run">One that succeeded, with its identity.</param>
    public static byte[] Of(TrainingRun run, Digest bundle)
    {
        var identity = run.Identity is { } text ? (JsonObject)JsonNode.Parse(text)! : [];
        var program = identity["program"] as JsonObject;
        identity.Remove("program");
        var tables = identity["tables"] as JsonArray ?? [];
        identity.Remove("tables");
        return CanonicalJson.Write(new JsonObject
        {
            ["_type"] = InTotoStatement.Type,
            ["subject"] = new JsonArray(InTotoStatement.Subject(run.Model, bundle)),
            ["predicateType"] = PredicateType,
            ["predicate"] = new JsonObject
            {
                ["buildDefinition"] = new JsonObject
                {
                    ["buildType"] = BuildType,
                    ["externalParameters"] = identity,
                    ["internalParameters"] = Internal(run, program),
                    ["resolvedDependencies"] = Dependencies(tables, program, run, identity["outside"]),
                },
                ["runDetails"] = new JsonObject
                {
                    ["builder"] = new JsonObject
                    {
                        ["id"] = "urn:flyball:server",
                        ["version"] = (program?["assemblies"] as JsonObject)?.DeepClone() ?? new JsonObject(),
                    },
                    ["metadata"] = new JsonObject { ["invocationId"] = run.RunId, ["startedOn"] = run.StartedAt, ["finishedOn"] = run.FinishedAt },
                },
            },
        });
    }

    private static JsonObject Internal(TrainingRun run, JsonObject? program)
    {
        var found = new JsonObject { ["run_id"] = run.RunId };
        if (program?["processor"] is { } processor)
        {
            found["processor"] = processor.DeepClone();
        }

        return found;
    }

    private static JsonArray Dependencies(JsonArray tables, JsonObject? program, TrainingRun run, JsonNode? outside)
    {
        var found = new JsonArray();
        foreach (var table in tables)
        {
            var words = ((string)table!).Split(' ');
            found.Add(Resource($"urn:flyball:table:{words[0]}", "sha256", words[1]));
        }

        foreach (var (library, digest) in program?["libraries"] as JsonObject ?? [])
        {
            found.Add(Resource($"urn:flyball:library:{library}", "sha256", (string)digest!));
        }

        if (AppliedSource.Read(run.Source) is { } source)
        {
            found.Add(Resource("urn:flyball:project", "sha256", source.Applied.Hex));
            if (source.Tree is { } tree)
            {
                var commit = Resource("urn:flyball:source", "gitCommit", tree.Commit);
                commit["annotations"] = new JsonObject { ["dirty"] = tree.Dirty };
                found.Add(commit);
            }
        }

        if (outside is not null)
        {
            found.Add(Resource($"urn:flyball:outside:{Uri.EscapeDataString((string)outside["path"]!)}", "sha256", (string)outside["sha256"]!));
        }

        return found;
    }

    private static JsonObject Resource(string uri, string algorithm, string digest) => new() { ["uri"] = uri, ["digest"] = new JsonObject { [algorithm] = digest } };
}

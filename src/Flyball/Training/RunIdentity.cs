using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Storage.Lakes;

namespace Flyball.Training;

/// <summary>
/// The id of a run: SHA-256 over the canonical JSON of the data (manifests, horizon, as-of instant), the meaning of features and label,
/// the split, the trainer with its seed, and the program. The champion is not part of it: it is compared with, not trained from.
/// </summary>
public static class RunIdentity
{
    /// <summary>The member with the files of a training program that are not the project's.</summary>
    public const string ProgramsName = "command_programs";

    public static Digest Of(ModelPlan model, IReadOnlyList<LakeManifest> tables, long horizon, long asOfMicros, TrainingRequest request) =>
        CanonicalJson.Digest(Describe(model, tables, horizon, asOfMicros, request));

    /// <summary>
    /// What people wrote of a run's ingredients: features, contracts, label, split, trainer, code, gates. The data and the program are left out, so two runs
    /// of the same definitions on other days have the same one. Null for a run that is no plain training: with shuffled labels, or of a bundle made elsewhere.
    /// </summary>
    public static Digest? Definitions(string? identity)
    {
        if (identity is null || JsonNode.Parse(identity) is not JsonObject found || found["permute_labels"] is not null || found["given_bundle"] is not null)
        {
            return null;
        }

        foreach (var other in (string[])["tables", "horizon", "as_of", "program"])
        {
            found.Remove(other);
        }

        return CanonicalJson.Digest(found);
    }

    /// <summary>The ingredients themselves, as they are kept with the run: what differs between two runs can be read off.</summary>
    public static JsonObject Describe(ModelPlan model, IReadOnlyList<LakeManifest> tables, long horizon, long asOfMicros, TrainingRequest request)
    {
        var definition = model.Definition;
        var identity = new JsonObject
        {
            ["format"] = 1,
            ["model"] = definition.Name,
            ["tables"] = new JsonArray([.. tables.OrderBy(t => t.Table, StringComparer.Ordinal).Select(t => JsonValue.Create($"{t.Table} {t.Digest.Hex}"))]),
            ["horizon"] = horizon,
            ["as_of"] = asOfMicros,
            ["features"] = model.Vector.Digest.Hex,
            ["feature_definitions"] = new JsonObject(model.Vector.Columns.Select(c => KeyValuePair.Create(c.Name, (JsonNode?)c.Definition.Hex))),
            ["request_contract"] = model.Vector.Request.Digest.Hex,
            ["label_contract"] = model.LabelSource.Digest.Hex,
            ["label"] = JsonSerializer.SerializeToNode(definition.Label, TrainingJson.Options),
            ["split"] = JsonSerializer.SerializeToNode(definition.Split, TrainingJson.Options),
            ["trainer"] = JsonSerializer.SerializeToNode(definition.Trainer, TrainingJson.Options),
            ["command_files"] = JsonSerializer.SerializeToNode(model.CommandFiles, TrainingJson.Options),
            ["calibrate"] = definition.Calibrate,
            ["decide"] = JsonSerializer.SerializeToNode(definition.Decide, TrainingJson.Options),
            ["definition"] = definition.Digest.Hex,
            ["golden"] = model.Checks.GoldenDigest?.Hex,
            ["permute_labels"] = request.PermuteLabels,
            ["given_bundle"] = request.GivenBundle,
            ["program"] = ProgramIdentity.Describe(),
        };
        if (request.Outside is { } outside)
        {
            // Only where there is one: runs that were made before keep their ids.
            identity["outside"] = JsonSerializer.SerializeToNode(outside, TrainingJson.Options);
        }

        if (request.Judgement is { } judgement)
        {
            // A judgement that is repeated is another run, beside another champion or at another time.
            identity["judgement"] = judgement;
        }

        if (definition.Trainer.Command is not null)
        {
            identity[ProgramsName] = JsonSerializer.SerializeToNode(model.Programs, TrainingJson.Options);
        }

        return identity;
    }
}

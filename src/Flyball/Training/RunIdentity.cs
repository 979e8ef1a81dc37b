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
        if (definition.Trainer.Command is not null)
        {
            identity[ProgramsName] = JsonSerializer.SerializeToNode(model.Programs, TrainingJson.Options);
        }

        return identity;
    }
}

using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;
using Flyball.Storage.Blobs;
using Flyball.Training;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>
/// Judges a version with a bundle again: a measurement was lost, or the champion it was compared with is not the present one.
/// <list type="number">
/// <item>The bundle stays; it is scored again on frozen rows, beside the champion of now.</item>
/// <item>The new results stand in place of the old ones, which stay among the blobs; the ledger names both, with who asked and why.</item>
/// <item>An approval outlives it when every gate holds. What people refused stays refused.</item>
/// </list>
/// The champion and the one before are not judged again: the one serves, and the other is the way back.
/// </summary>
internal sealed class RepeatedJudgements(RegistryChanges changes, BlobStore blobs)
{
    /// <summary>What speaks against judging a version again; empty when nothing does.</summary>
    public IReadOnlyList<Problem> Check(string model, int version) => changes.Catalog.Read(c => Check(c, null, model, version));

    /// <summary>Takes what a run found. The caller holds the registry alone.</summary>
    /// <param name="run">One that evaluated the version's bundle.</param>
    public async Task<VersionOutcome> TakeAsync(ModelPlan model, int version, TrainingRun run, string? reason, Caller caller, CancellationToken cancellation)
    {
        var found = changes.Catalog.Read(c => VersionStore.Find(c, null, model.Name, version));
        if (found is null || run.Bundle != found.Digest.Hex || !Digest.TryParse(run.EvaluationBlob, out var evaluationBlob))
        {
            return VersionOutcome.Refused(new Problem("FLY3205", $"The run {run.RunId} judged something else than version {VersionStore.Number(version)} of {model.Name}.", Remedy: "Judge it again."));
        }

        var present = PresentVersions.Of(changes.Catalog, model.Name);
        var evaluation = FrozenEvaluation.Parse(blobs.Read(evaluationBlob));
        if (Moved(evaluation, present) is { } moved)
        {
            return VersionOutcome.Refused(moved);
        }

        var result = run.Result is null ? null : JsonSerializer.Deserialize<TrainingResult>(run.Result, TrainingJson.Options);
        var candidate = new VersionCandidate(found.Digest, found.Blob, run.RunId, found.Author, result, evaluation);
        if (VersionJudgement.Of(model, candidate, caller, present, out var problems) is not { } judged)
        {
            return VersionOutcome.Refused(problems);
        }

        var (before, after) = (Keep(found.Gates), Keep(judged.Gates));
        var made = await changes.MakeAloneAsync(
            new RegistryAct(caller, "version.rejudge", "version", $"{model.Name}/{VersionStore.Number(version)}", reason)
            {
                ObjectVersion = VersionStore.Number(version),
                Before = found.Digest,
                After = found.Digest,
                Details = new JsonObject
                {
                    ["run_id"] = run.RunId,
                    ["gates_before"] = before.Hex,
                    ["gates_after"] = after.Hex,
                    ["state_before"] = found.State,
                    ["failed_gates"] = new JsonArray([.. judged.Gates.Where(g => !g.Ok).Select(g => (JsonNode)g.Gate)]),
                },
            },
            (c, t) => Check(c, t, model.Name, version),
            change => Replace(change, VersionStore.Find(change.Connection, change.Transaction, model.Name, version)!, judged.Gates, (before, after)),
            cancellation);
        return made.Ok ? VersionOutcome.Of(made.Value) : VersionOutcome.Refused(made.Problems);
    }

    private static IReadOnlyList<Problem> Check(IDbConnection c, IDbTransaction? t, string model, int version)
    {
        if (VersionStore.Find(c, t, model, version) is not { } found)
        {
            return [ModelRegistry.Unknown(model, version)];
        }

        var number = VersionStore.Number(version);
        return !found.HasBundle ? [ApprovalRules.WithoutBundle(found)]
            : found.State == VersionStates.Archived ? [new Problem("FLY3204", $"Version {number} is archived.", Remedy: "Register a new version.")]
            : VersionStore.Alias(c, t, model, VersionStore.ChampionAlias)?.Version == version ? [new Problem("FLY3208", $"Version {number} is the champion: it is what others are judged against.", Remedy: "Promote another version first.")]
            : VersionStore.Alias(c, t, model, VersionStore.PreviousAlias)?.Version == version ? [new Problem("FLY3208", $"Version {number} is the way back from the champion: it stays as it is.", Remedy: "Roll back to it, or promote another version first.")]
            : [];
    }

    /// <summary>While a run is made the champion may move.</summary>
    private static Problem? Moved(FrozenEvaluation evaluation, PresentVersions present) =>
        (evaluation.ChampionMissing is null && evaluation.ChampionDigest != present.Champion?.Digest.Hex) || (evaluation.PreviousMissing is null && evaluation.PreviousDigest != present.Previous?.Digest.Hex)
            ? new Problem("FLY3206", "The champion moved while the version was judged.", Remedy: "Judge it once more.")
            : null;

    private static ModelVersion Replace(RegistryTransaction change, ModelVersion found, IReadOnlyList<GateResult> gates, (Digest Before, Digest After) kept)
    {
        change.Execute(
            "UPDATE versions SET gates = @gates, updated_micros = @micros WHERE model = @Model AND version = @Version",
            new { gates = JsonSerializer.Serialize(gates, RegistryJson.Options), micros = change.Now.Micros, found.Model, found.Version });
        change.Enter(found.Model, new LedgerChange(LedgerKinds.Gates, null, kept.Before.Hex, kept.After.Hex, found.Version, found.Digest.Hex));
        var ok = gates.All(g => g.Ok);
        change.Tell(found.Model, EventNames.Version, EventNames.Updated, new JsonObject
        {
            ["name"] = found.Model,
            ["version"] = VersionStore.Number(found.Version),
            ["digest"] = found.Digest.Hex,
            ["gates_hold"] = ok,
        });
        var last = VersionStore.Approvals(change.Connection, change.Transaction, found.Model, found.Version).LastOrDefault(a => a.Decision != ApprovalRules.Comment);
        var state = !ok || last?.Decision == ApprovalRules.Refused ? VersionStates.Refused
            : found.State == VersionStates.Approved ? VersionStates.Approved
            : VersionStates.Registered;
        return state == found.State
            ? VersionStore.Find(change.Connection, change.Transaction, found.Model, found.Version)!
            : VersionStore.SetState(change, found with { Gates = gates }, state);
    }

    private Digest Keep(IReadOnlyList<GateResult> gates) => blobs.Put(CanonicalJson.Write(gates, RegistryJson.Options));
}

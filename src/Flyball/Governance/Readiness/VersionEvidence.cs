using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Monitoring;
using Flyball.Registry;
using Flyball.Registry.Attestations;
using Flyball.Rollout;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Evaluation;
using Flyball.Training.Jobs;
using Flyball.Workspaces;

namespace Flyball.Governance.Readiness;

/// <summary>What is stored about one version: its bundle, its run, what was decided and measured. Cost: reads the bundle and the frozen evaluation.</summary>
/// <param name="checks">The last daily checks of a model, newest first.</param>
internal sealed class VersionEvidence(Workspace workspace, ModelRegistry registry, TrainingRuns runs, Attestor attestor, Func<string, IReadOnlyList<CheckReport>> checks)
{
    public ModelRegistry Registry => registry;

    public DateTimeOffset Now => workspace.Time.GetUtcNow();

    /// <summary>A version of files alone, which came from outside and was not judged by a bundle, has decisions and nothing else.</summary>
    public ReadinessFacts Fill(ReadinessFacts facts, ModelVersion version)
    {
        if (!version.HasBundle)
        {
            return facts with { Version = version, Risk = version.Risk, Approvals = registry.Approvals(version.Model, version.Version) };
        }

        var bundle = registry.ReadBundle(version.Digest);
        var run = runs.Find(bundle.Manifest.RunId) is { } found && found.Bundle == version.Digest.Hex ? found : null;
        var champion = registry.Champion(version.Model);
        return facts with
        {
            Version = version,
            Risk = version.Risk,
            Manifest = bundle.Manifest,
            Members = bundle.Files.ToDictionary(f => f.Name, f => f.Sha256.Hex, StringComparer.Ordinal),
            Report = bundle.Contains(EvaluationReport.MemberName) ? EvaluationReport.Parse(bundle[EvaluationReport.MemberName].Span) : null,
            Locked = Locked(bundle),
            Run = run,
            Result = run?.Result is { } result ? JsonSerializer.Deserialize<TrainingResult>(result, TrainingJson.Options) : null,
            Steps = run is null ? [] : runs.Steps(run.RunId),
            Reproduced = run is not null && runs.Reproductions(run.RunId) is [.., var last] ? last : null,
            ComparedWith = run is null ? null : ComparedWith(run, version.Digest),
            Approvals = registry.Approvals(version.Model, version.Version),
            Behind = champion is null || champion.Version == version.Version ? registry.Previous(version.Model) : champion,
            ServedParity = registry.ServedParity(version.Model),
            Attestations = [.. attestor.Of(version.Digest).Where(a => a.KeyId == attestor.Key.Id && Attestor.Defect(a, bundle, attestor.Key.PublicPem) is null).Select(a => new Evidence("attestation", a.Kind, CanonicalJson.Digest(a.Content).Hex))],
            Rollouts = [.. new RolloutStore(workspace.Catalog, workspace.Time).All().Where(r => r.Model == version.Model && r.Digest == version.Digest)],
            QualityChecks = [.. checks(version.Model).Where(c => c.Version == version.Version && c.Performance.Status != "insufficient").Take(1).Select(c => new Evidence("check", $"{c.From} to {c.To}", CanonicalJson.Digest(JsonSerializer.SerializeToNode(c)).Hex))],
        };
    }

    private static Dictionary<string, string>? Locked(ModelBundle bundle) => bundle.Contains(BundleMembers.FeatureLock)
        ? JsonNode.Parse(bundle[BundleMembers.FeatureLock].Span)!["contracts"]!.AsObject().ToDictionary(c => c.Key, c => (string)c.Value!, StringComparer.Ordinal)
        : null;

    private string? ComparedWith(TrainingRun run, Digest own)
    {
        if (!Digest.TryParse(run.EvaluationBlob, out var blob) || !workspace.Blobs.Contains(blob))
        {
            return null;
        }

        var evaluation = FrozenEvaluation.Parse(workspace.Blobs.Read(blob));
        return evaluation is { Champion: not null, ChampionDigest: { } champion } && champion != own.Hex ? champion
            : evaluation is { Previous: not null, PreviousDigest: { } previous } && previous != own.Hex ? previous
            : null;
    }
}

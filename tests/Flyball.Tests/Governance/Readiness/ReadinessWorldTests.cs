using System.Text.Json;
using Dapper;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Governance.Readiness;
using Flyball.Monitoring;
using Flyball.Registry;
using Flyball.Registry.Attestations;
using Flyball.Rollout;
using Flyball.Tests.Time;
using Flyball.Tests.Training.Bundles;
using Flyball.Training;
using Flyball.Training.Pipeline;
using Flyball.Workspaces;

namespace Flyball.Tests.Governance.Readiness;

/// <summary>A version that a run made of the fraud example, registered, signed and approved: what is read of the real stores.</summary>
public sealed class ReadinessWorldTests(CompletedBundle made) : IClassFixture<CompletedBundle>
{
    /// <summary>Not part of the example: columns without a class, features without checks, tests and golden cases; and nothing is served yet.</summary>
    private static readonly string[] Missing =
        ["data.2", "data.5", "data.7", "model.2", "model.3", "model.4", "model.7", "infra.2", "infra.6", "infra.7", "monitor.2", "monitor.7"];

    [Fact]
    public async Task An_approved_version_of_a_run_answers_all_but_what_is_not_there()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-ready-");
        try
        {
            await using var workspace = Workspace.Open(
                folder.FullName, new ManualTimeProvider(),
                [.. TrainingTables.Migrations, .. RegistryTables.Migrations, .. AttestationTables.Migrations, .. RolloutTables.Migrations, .. ReadinessTables.Migrations]);
            var audit = new AuditTrail(workspace.Audit);
            using var registry = new ModelRegistry(workspace.Catalog, workspace.Blobs, audit, workspace.Time);
            var project = new ActiveProject(made.Plan);
            var events = new EventLog(workspace.Events, made.Plan.ContractSet, tokens: Tokeniser.For(made.Plan.ContractSet, workspace.Directory.Keys));
            using var runs = new TrainingRuns(workspace, events, project, new TrainingOptions());
            var attestor = new Attestor(workspace.Catalog, SigningKey.LoadOrCreate(workspace.Directory.Keys), workspace.Time);
            var store = new AttachedEvidenceStore(workspace, audit);
            var reader = new ReadinessReader(project, new VersionEvidence(workspace, registry, runs, attestor, _ => []), store);

            var before = ReadinessDocument.Of(reader.Read("fraud", reader.Usual("fraud")));
            Assert.Null(before["version"]);
            Assert.False((bool)before["ready"]!);

            var run = await RememberAsync(workspace, runs);
            var version = (await registry.RegisterAsync(made.Plan.Models["fraud"], run, Caller.Local("ann"), default)).Version!;
            Assert.Equal(VersionStates.Registered, version.State);
            await attestor.SignAsync(registry.ReadBundle(version.Digest), run, default);
            await registry.ApproveAsync("fraud", version.Version, Caller.Local("bob"), "looked at", false, default);
            await store.AttachAsync(new AttachedEvidence("fraud", "data.2", "", "study.md", "each feature left out once", "", ""), version, "a study"u8.ToArray(), Caller.Local("bob"), default);
            await RefusesAsync(store, version);

            var early = ReadinessDocument.Of(reader.Read("fraud", reader.Usual("fraud")));
            Assert.Equal("missing", (string)early["questions"]![0]!["status"]!);
            Assert.Contains("flyball reproduce run", (string)early["questions"]![0]!["remedy"]!, StringComparison.Ordinal);
            var again = new RunReproduction(run.RunId, "bob", "2026-01-02T00:00:00Z", run.Bundle!, run.Bundle!, Identical: true);
            await new ReproductionStore(workspace.Catalog).AppendAsync(again with { Again = Digest.Of("another").Hex, Identical = false }, default);
            await new ReproductionStore(workspace.Catalog).AppendAsync(again, default);

            var document = ReadinessDocument.Of(reader.Read("fraud", reader.Usual("fraud")));

            Assert.Contains(document["questions"]![0]!["evidence"]!.AsArray(), e => (string)e!["digest"]! == again.Digest.Hex);
            var tests = document["ml_test_score"]!["tests"]!.AsArray();
            Assert.Equal(Missing.Except(["data.2"]), tests.Where(t => (string)t!["status"]! == "missing").Select(t => (string)t!["id"]!));
            Assert.Equal(["data.2"], tests.Where(t => (string)t!["status"]! == "documented").Select(t => (string)t!["id"]!));
            Assert.All(document["questions"]!.AsArray(), q => Assert.True((string)q!["status"]! == "answered", q.ToJsonString()));
            Assert.Equal((true, version.Digest.Hex), ((bool)document["ready"]!, (string)document["digest"]!));
            Assert.Contains(document["questions"]![0]!["evidence"]!.AsArray(), e => (string)e!["name"]! == AttestationKinds.Provenance);
            Assert.Equal(Digest.Of("a study"u8).Hex, (string)tests.Single(t => (string)t!["id"]! == "data.2")!["evidence"]![0]!["digest"]!);
            Assert.Contains(workspace.Audit.Read(0, 100), l => (string)l.ToJson()["action"]! == "readiness.attach");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The author attaches nothing, and a document counts for the bytes it was attached to.</summary>
    private static async Task RefusesAsync(AttachedEvidenceStore store, ModelVersion version)
    {
        var refused = await Assert.ThrowsAsync<FlyballException>(() =>
            store.AttachAsync(new AttachedEvidence("fraud", "model.7", "", "fair.md", "trust me", "", ""), version, "ok"u8.ToArray(), Caller.Local("ANN"), default));

        Assert.Equal("FLY3385", refused.Problem.Code);
        Assert.Equal(["data.2"], store.Last(version).Keys);
        Assert.Empty(store.Last(version with { Version = version.Version + 1 }));
        Assert.Empty(store.Last(version with { Digest = Digest.Of("other bytes") }));
    }

    private async Task<TrainingRun> RememberAsync(Workspace workspace, TrainingRuns runs)
    {
        var result = made.Job.Result;
        var run = new TrainingRun
        {
            RunId = result.RunId,
            Model = "fraud",
            State = RunStates.Succeeded,
            Author = "ann",
            StartedAt = "2026-01-01T00:00:00Z",
            Bundle = result.Bundle,
            BundleBlob = workspace.Blobs.Put(made.Job.Bundle).Hex,
            EvaluationBlob = workspace.Blobs.Put(made.Job.Evaluation).Hex,
            Result = JsonSerializer.Serialize(result, TrainingJson.Options),
            Source = $$"""{"applied":"{{Digest.Of("project").Hex}}","commit":"0123456789abcdef0123456789abcdef01234567","dirty":false}""",
            Identity = "{}",
        };
        await workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute(
                """
                INSERT INTO runs (run_id, model, state, author, started_at, horizon, as_of_micros, bundle, bundle_blob, evaluation_blob, result, source, identity)
                VALUES (@RunId, @Model, @State, @Author, @StartedAt, 0, 0, @Bundle, @BundleBlob, @EvaluationBlob, @Result, @Source, @Identity)
                """,
                run,
                tx),
            default);
        foreach (var step in result.Steps.Select(s => s.Step).Append(StepNames.Register))
        {
            await runs.RecordAsync(run.RunId, new StepRecord(step, 1, "done", null, run.StartedAt, 0.1, 0, 0, step, null, null, []), default);
        }

        return run;
    }
}

using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Governance.Readiness;
using Flyball.Registry;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Evaluation;
using Flyball.Training.Jobs;
using Flyball.Training.ModelTests;
using Flyball.Training.Pipeline;
using Flyball.Training.Trainers;

namespace Flyball.Tests.Governance.Readiness;

/// <summary>A model of which everything is stored that can be.</summary>
internal static class FullFacts
{
    private static readonly string Some = Digest.Of("some").Hex;

    public static ModelVersion Version { get; } = new(
        "fraud", 2, Digest.Of("bundle"), Digest.Of("blob"), Digest.Of("run").Hex, "ann", "ann", "high", VersionStates.Approved, "2026-01-02T00:00:00Z",
        [new GateResult("latency_p99 <= 5ms", 20, 5000, true, "20 us"), new GateResult("roc_auc >= 0.55", 0.7, 0.55, true, "0.7"), new GateResult("slice(amount >= 200): recall >= 0.1", 0.3, 0.1, true, "0.3")]);

    public static EvaluationReport Report { get; } = new()
    {
        Model = "fraud",
        Task = "binary-classification",
        Rows = 1000,
        Confidence = 0.95,
        Replicates = 99,
        Resampling = "rows",
        Metrics = [new ReportedMetric("average_precision", 0.4, 0.3, 0.5, 0.1, null), new ReportedMetric("roc_auc", 0.8, 0.7, 0.9, 0.5, null)],
        Slices = [new ReportedSlice("country = DE", 200, 0.8, 0.7, 0.9, 0.8, 0.5, 0.5, null)],
        Tests = [Test("packaging"), Test("reload"), Test("golden_set"), Test("amount_not_lower")],
    };

    public static TrainingResult Result { get; } = new()
    {
        RunId = Version.RunId,
        Bundle = Version.Digest.Hex,
        Metrics = new Dictionary<string, double>(),
        Parts = [],
        Steps = [],
        LatencyP99Micros = 20,
        PackagingDifference = 0,
        CpuSeconds = 1,
        PeakMemoryBytes = 1,
    };

    public static ModelManifest Manifest { get; } = new()
    {
        Model = "fraud",
        Task = "binary-classification",
        RunId = Version.RunId,
        PredictOn = "transactions",
        RequestContract = Some,
        Features = [new ManifestFeature("transaction.amount", Some, 1)],
        Inputs = ["amount"],
        Gates = ["roc_auc >= 0.55"],
        Decide = [],
        Definition = [],
        Reference = new ReferenceProfile([FrozenProfile.Of([1, 2])], FrozenProfile.Of([0.5]), 2),
        MergeableProfile = BundleMembers.ReferenceProfile,
        GoldenRows = 200,
        PackagingDifference = 0,
        Proof = new FeatureProof(500, 5000, 0, [], 1),
    };

    public static ReadinessFacts All { get; } = new()
    {
        Model = "fraud",
        Owner = "ann@example.com",
        Risk = "high",
        Version = Version,
        Manifest = Manifest,
        Members = new[] { ModelBundle.ManifestName, ModelBundle.GoldenName, EvaluationReport.MemberName, BundleMembers.FeatureLock, BundleMembers.Signature, BundleMembers.ReferenceProfile, HyperSearch.MemberName }
            .ToDictionary(m => m, m => Digest.Of(m).Hex),
        Report = Report,
        Locked = new Dictionary<string, string> { ["transactions"] = Some },
        Sources = [new SourceFacts("transactions", Some, 3, [])],
        Run = new TrainingRun
        {
            RunId = Version.RunId,
            Model = "fraud",
            State = RunStates.Succeeded,
            Author = "ann",
            StartedAt = "",
            Identity = "{}",
            Bundle = Version.Digest.Hex,
            EvaluationBlob = Some,
            Source = $$"""{"applied":"{{Some}}","commit":"0123456789abcdef","dirty":false}""",
        },
        Result = Result,
        Reproduced = new RunReproduction(Version.RunId, "bob", "2026-01-02T12:00:00Z", Version.Digest.Hex, Version.Digest.Hex, Identical: true),
        Steps = [.. new[] { StepNames.Extract, StepNames.Features, StepNames.Validate, StepNames.Leakage, StepNames.Train, StepNames.Evaluate, StepNames.Package, StepNames.Register }.Select(Step)],
        ComparedWith = Digest.Of("champion").Hex,
        Approvals = [new Approval(Version.Digest.Hex, "approved", false, "bob", "test", null, "2026-01-03T00:00:00Z")],
        Behind = Version with { Version = 1, Digest = Digest.Of("before") },
        HasFallbackRule = true,
        ServedParity = new GateResult("served_parity", 0, 0, true, "10 of 10 served vectors identical"),
        Attestations = [new Evidence("attestation", "provenance", Some)],
        Rollout = new RolloutDefinition { Guardrails = [RolloutDefinition.Errors, RolloutDefinition.Latency] },
        Rollouts = [Rollout(RolloutStates.Promoted)],
        Retrain = new RetrainDefinition { Schedule = "0 3 * * 1", AlertKinds = ["feature_drift"] },
        QualityChecks = [new Evidence("check", "a day", Some)],
        DefinitionDigest = Some,
    };

    public static RolloutRun Rollout(string state) =>
        new("r1", "fraud", 2, Version.Digest, 1, state, 0, new RolloutDefinition(), "ann", "", 0, "", null);

    public static ModelTestResult Test(string name, bool ok = true) => new(name, 0, 0, ok, 10, ok ? "held" : "broken");

    private static StepRecord Step(string name) => new(name, 1, "done", null, "", 0.5, 0, 0, name, new JsonObject(), null, []);
}

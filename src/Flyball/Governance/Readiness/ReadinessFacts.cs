using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Registry;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Training;
using Flyball.Training.Evaluation;
using Flyball.Training.Jobs;
using Flyball.Training.ModelTests;
using Flyball.Training.Pipeline;

namespace Flyball.Governance.Readiness;

/// <summary>Everything stored that readiness is judged by. What is not there is null or empty: nothing is assumed in its place.</summary>
internal sealed record ReadinessFacts
{
    public required string Model { get; init; }

    /// <summary>When it is asked: an approval that has expired does not count. Without it none with an end does.</summary>
    public DateTimeOffset At { get; init; } = DateTimeOffset.MaxValue;

    public string? Owner { get; init; }

    public string Risk { get; init; } = "low";

    public ModelVersion? Version { get; init; }

    public ModelManifest? Manifest { get; init; }

    /// <summary>Digests of the bundle's members by name.</summary>
    public IReadOnlyDictionary<string, string> Members { get; init; } = new Dictionary<string, string>();

    public EvaluationReport? Report { get; init; }

    /// <summary>Digests of the contracts the version was trained under, by source; null without a feature lock.</summary>
    public IReadOnlyDictionary<string, string>? Locked { get; init; }

    /// <summary>The sources of the model as they are now.</summary>
    public IReadOnlyList<SourceFacts> Sources { get; init; } = [];

    /// <summary>Features of the vector whose served values are held to no check.</summary>
    public IReadOnlyList<string> Unchecked { get; init; } = [];

    public TrainingRun? Run { get; init; }

    public TrainingResult? Result { get; init; }

    /// <summary>The last time that the run was made again; null when it never was.</summary>
    public RunReproduction? Reproduced { get; init; }

    public IReadOnlyList<StepRecord> Steps { get; init; } = [];

    /// <summary>Another version that was scored on the same frozen rows; null when there was none.</summary>
    public string? ComparedWith { get; init; }

    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>Where a rollback of the version would lead; null when there is nothing.</summary>
    public ModelVersion? Behind { get; init; }

    /// <summary>The rule of the model file that answers when no version can.</summary>
    public bool HasFallbackRule { get; init; }

    /// <summary>Whether served vectors were found the same as replayed ones.</summary>
    public GateResult? ServedParity { get; init; }

    /// <summary>The statements signed of the bundle, with their kinds.</summary>
    public IReadOnlyList<Evidence> Attestations { get; init; } = [];

    /// <summary>The rollout section as it stands; null when the project has no such model.</summary>
    public RolloutDefinition? Rollout { get; init; }

    /// <summary>Rollouts of this version, newest first.</summary>
    public IReadOnlyList<RolloutRun> Rollouts { get; init; } = [];

    public RetrainDefinition? Retrain { get; init; }

    /// <summary>Daily checks that measured the quality of this version on matured labels.</summary>
    public IReadOnlyList<Evidence> QualityChecks { get; init; } = [];

    /// <summary>Digest of the model file as applied.</summary>
    public string? DefinitionDigest { get; init; }

    /// <summary>The last document of each test of this version.</summary>
    public IReadOnlyDictionary<string, AttachedEvidence> Attached { get; init; } = new Dictionary<string, AttachedEvidence>();

    public ModelTestResult? TestNamed(string name) => Report?.Tests.FirstOrDefault(t => t.Test == name);

    /// <summary>A step of the run that was done, or was kept from before.</summary>
    public StepRecord? Done(string step) => Steps.LastOrDefault(s => s.Step == step && s.State is "done" or "kept" or "cached" && s.Step == step);

    public Evidence Member(string name) => new("bundle member", name, Members[name]);

    public Evidence OfStep(StepRecord step) => new("run step", step.Step, Run!.RunId);

    public Evidence OfDefinition(string section) => new("model file", section, DefinitionDigest!);

    /// <summary>A gate by what it found; its digest is of the result.</summary>
    public static Evidence OfGate(GateResult gate) => new("gate", gate.Gate, CanonicalJson.Digest(new JsonObject
    {
        ["gate"] = gate.Gate,
        ["value"] = gate.Value,
        ["bound"] = gate.Bound,
        ["ok"] = gate.Ok,
        ["detail"] = gate.Detail,
    }).Hex);
}

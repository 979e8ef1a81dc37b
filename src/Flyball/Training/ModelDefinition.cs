using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training.Encodings;
using Flyball.Training.Leakage;
using Flyball.Training.Splits;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Training;

/// <summary>
/// A model as its author wrote it: what it predicts, from which label and features, how it is split and trained.
/// The sections of later stages (gates, decide, serve, rollout, monitor, retrain) are read by those stages from <see cref="Root"/>.
/// </summary>
/// <param name="Name">Unique in the workspace; part of URLs.</param>
/// <param name="Task">What it is asked for: one of <see cref="ModelTasks.Names"/>.</param>
/// <param name="Owner">Whom to ask; not the one who approves when <paramref name="Risk"/> is high.</param>
/// <param name="Risk"><c>low</c>, <c>medium</c> or <c>high</c>: high needs an approver who is not the author.</param>
/// <param name="PredictOn">The source whose rows are the requests.</param>
/// <param name="Entities">Alias of an entity to the request's column that holds its key.</param>
/// <param name="Features">Members of the vector, <c>view.feature</c> or <c>view.*</c>.</param>
/// <param name="Calibrate"><c>isotonic</c> or null for raw scores.</param>
/// <param name="Decide">In order: the first rule that holds names the decision.</param>
/// <param name="Canonical">The whole file as canonical JSON: its digest is the definition's version.</param>
/// <param name="Root">The file with positions, for the stages that read their own section.</param>
public sealed record ModelDefinition(
    string Name,
    string Task,
    string? Owner,
    string Risk,
    string PredictOn,
    IReadOnlyDictionary<string, string> Entities,
    LabelDefinition Label,
    IReadOnlyList<string> Features,
    SplitDefinition Split,
    TrainerDefinition Trainer,
    string? Calibrate,
    IReadOnlyList<DecisionDefinition> Decide,
    JsonObject Canonical,
    YamlSection Root)
{
    /// <summary>How features that are categories become numbers, where the file says so.</summary>
    public IReadOnlyList<EncodingDefinition> Encode { get; init; } = [];

    /// <summary>What rows count, and which are left out of the training part.</summary>
    public SamplingDefinition Sampling { get; init; } = SamplingDefinition.None;

    /// <summary>Features that may look like leaks, with the reason.</summary>
    public LeakageDefinition Leakage { get; init; } = LeakageDefinition.None;

    /// <summary>The simplest model that is trained beside it.</summary>
    public BaselineDefinition? Baseline { get; init; }

    /// <summary>The label is a column of the request's own row.</summary>
    public bool HasOwnLabel => Label.From == PredictOn;

    public Digest Digest { get; } = CanonicalJson.Digest(Canonical);

    /// <summary>What people are told who did not make the model.</summary>
    public CardDefinition Card { get; init; } = CardDefinition.None;

    public ProblemLocation Where => Root.Where;

    /// <summary>Reads a model file; problems go to the section's list, and the result is null when it cannot be used.</summary>
    public static ModelDefinition? Read(YamlSection root)
    {
        var name = root.Text("model");
        var task = root.Text("task");
        var asked = task is null ? null : ModelTasks.Named(task);
        if (task is not null && asked is null)
        {
            root.Problems.Add(new Problem("FLY1143", $"The task {task} is not known.", root.At("task"), $"Use one of {string.Join(", ", ModelTasks.Names)}."));
        }

        var owner = root.Text("owner");
        root.Text("purpose");
        var risk = root.Text("risk") ?? "low";
        if (risk is not ("low" or "medium" or "high"))
        {
            root.Problems.Add(new Problem("FLY1144", $"The risk {risk} is not known.", root.At("risk"), "Use low, medium or high."));
        }

        var predict = root.Section("predict");
        var on = predict?.Text("on");
        var entities = new Dictionary<string, string>(StringComparer.Ordinal);
        if (predict?.Section("entities") is { } named)
        {
            foreach (var alias in named.Entries())
            {
                entities[alias.Name] = alias.Text ?? alias.Name;
            }
        }

        predict?.Finish();
        var label = root.Section("label") is { } l ? LabelDefinition.Read(l, on) : null;
        var features = root.Texts("features");
        var isDeclared = root.Has("backend");
        var split = root.Section("split") is { } s ? SplitDefinition.Read(s, label is not null && label.From == on) : isDeclared ? SplitDefinition.Usual(label) : null;
        var trainer = root.Section("trainer") is { } t ? TrainerDefinition.Read(t, asked ?? ModelTasks.Binary) : isDeclared ? TrainerDefinition.Usual(asked ?? ModelTasks.Binary) : null;
        var calibrate = root.Text("calibrate");
        if (calibrate is not null && !ScoreCalibration.Names.Contains(calibrate, StringComparer.Ordinal))
        {
            root.Problems.Add(new Problem("FLY1145", $"The calibration {calibrate} is not known.", root.At("calibrate"), $"Use one of {string.Join(", ", ScoreCalibration.Names)}."));
        }
        else if (calibrate is not null && asked is not null && !ScoreCalibration.Fits(calibrate, asked))
        {
            root.Problems.Add(new Problem("FLY1288", $"A model of the task {task} gives nothing that {calibrate} calibrates.", root.At("calibrate"), "Use isotonic or sigmoid for the probability of one class, temperature for those of several, and leave calibrate out of other tasks."));
        }

        var decide = new List<DecisionDefinition>();
        if (root.Section("decide") is { } rules)
        {
            foreach (var decision in rules.Entries())
            {
                decide.Add(new DecisionDefinition(decision.Name, decision.Text ?? "otherwise"));
            }
        }

        var card = CardDefinition.Read(root);
        return name is null || task is null || asked is null || on is null || label is null || split is null || trainer is null || features.Count == 0
            ? null
            : new ModelDefinition(name, task, owner, risk, on, entities, label, features, split, trainer, calibrate == "none" ? null : calibrate, decide, root.ToJson(), root)
            {
                Card = card,
                Encode = EncodingDefinition.Read(root.Section("encode")),
                Sampling = SamplingDefinition.Read(root),
                Leakage = LeakageDefinition.Read(root.Section("leakage")),
                Baseline = BaselineDefinition.Read(root.Section("baseline"), asked ?? ModelTasks.Binary),
            };
    }
}

using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Training.Encodings;
using Flyball.Training.ModelTests;
using Flyball.Training.Tasks;

namespace Flyball.Training;

/// <summary>A model definition compiled against the workspace's contracts and features. Immutable.</summary>
/// <param name="Definition">What the author wrote.</param>
/// <param name="Vector">From a request row to the model's inputs.</param>
/// <param name="LabelSource">The contract of the label rows.</param>
/// <param name="RequestKeyIndex">The joining column in the request's schema.</param>
/// <param name="LabelKeyIndex">The joining column in the label source's schema.</param>
/// <param name="LabelValueIndex">The column with the label.</param>
public sealed record ModelPlan(
    ModelDefinition Definition, FeatureVectorPlan Vector, ContractPlan LabelSource, int RequestKeyIndex, int LabelKeyIndex, int LabelValueIndex)
{
    public string Name => Definition.Name;

    /// <summary>What it is tried with beside its metrics.</summary>
    public ModelChecks Checks { get; init; } = ModelChecks.None;

    /// <summary>What the model is asked for.</summary>
    public ModelTask Task => Labels.Task;

    /// <summary>From a value of the label column to the number that is learned.</summary>
    public required LabelReader Labels { get; init; }

    /// <summary>The features that are categories, with their encodings: those the file names, and every text.</summary>
    public required IReadOnlyList<EncodingDefinition> Encodings { get; init; }

    /// <summary>The request's column by whose value rows stay together; the joining column where each row stands for itself.</summary>
    public required int GroupIndex { get; init; }

    /// <summary>The column of a request that nobody can know yet: the label of its own row; -1 for none.</summary>
    public int UnknownColumn => HasOwnLabel ? LabelValueIndex : -1;

    /// <summary>Digests of the files that the trainer's program needs, by their paths in the project folder; empty for trainers of our own.</summary>
    public IReadOnlyDictionary<string, string> CommandFiles { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The files outside the project folder that the trainer's program consists of, hashed when a run is asked for.</summary>
    public IReadOnlyList<Trainers.ProgramFile> Programs { get; init; } = [];

    /// <summary>The label is a column of the request's own row, which a request to predict does not have.</summary>
    public bool HasOwnLabel => Definition.HasOwnLabel;

    public static ModelPlan? Compile(ModelDefinition definition, IReadOnlyDictionary<string, ContractPlan> contracts, FeaturePlans features, ProblemList problems)
    {
        var before = problems.Count;
        var request = Source(definition.PredictOn, "predict");
        var label = Source(definition.Label.From, "label");
        if (request is null || label is null)
        {
            return null;
        }

        var requestKey = Column(request, definition.Label.Key);
        var labelKey = Column(label, definition.Label.Key);
        if (requestKey >= 0 && labelKey >= 0 && request.Schema.Fields[requestKey].Type != label.Schema.Fields[labelKey].Type)
        {
            // Keys of two types never meet: every row would get the value for absent labels.
            problems.Add(new Problem(
                "FLY1128",
                $"Labels are joined by {definition.Label.Key}, which is {request.Schema.Fields[requestKey].Type} in {request.Source} and {label.Schema.Fields[labelKey].Type} in {label.Source}.",
                definition.Root.At("label"),
                "Give both columns one type in their contracts."));
        }
        else if (requestKey >= 0 && labelKey >= 0 && request.TreatmentOf(requestKey) != label.TreatmentOf(labelKey))
        {
            problems.Add(new Problem(
                "FLY1128",
                $"Labels are joined by {definition.Label.Key}, which {request.Source} and {label.Source} do not tokenise alike.",
                definition.Root.At("label"),
                "Give both columns one classification in their contracts: a token never meets its value."));
        }

        if (labelKey >= 0 && !label.StaysWithFact(labelKey))
        {
            problems.Add(new Problem(
                "FLY1222", $"The source {label.Source} takes corrections, and {definition.Label.Key} is neither part of its key nor marked as an entity.", definition.Root.At("label"), "Mark the column with the custom property entity in the contract: a corrected label then stays with its request."));
        }

        var labelValue = LabelValue(definition, label, labelKey, problems);
        var vector = FeatureVectorPlan.Compile(features, request, definition.Features, definition.Entities, definition.Root.At("features"), problems);
        if (problems.Count > before || vector is null)
        {
            return null;
        }

        var compiler = new TaskCompiler(definition, request, vector, problems);
        var labels = compiler.Labels(label, labelValue);
        var encodings = compiler.Encodings();
        var group = compiler.Group(requestKey);
        compiler.CheckOwnLabel(label, labelKey, labelValue);
        compiler.CheckTrainer(encodings);
        return problems.Count > before ? null : new ModelPlan(definition, vector, label, requestKey, labelKey, labelValue) { Labels = labels, Encodings = encodings, GroupIndex = group };

        ContractPlan? Source(string name, string section)
        {
            if (contracts.TryGetValue(name, out var found))
            {
                return found;
            }

            problems.Add(new Problem(
                "FLY1117", $"The model {definition.Name} uses the source {name}, which has no contract.", definition.Root.At(section), $"Known sources: {string.Join(", ", contracts.Keys.Order(StringComparer.Ordinal))}."));
            return null;
        }

        int Column(ContractPlan source, string name)
        {
            var index = source.Schema.IndexOf(name);
            if (index < 0)
            {
                problems.Add(new Problem("FLY1118", $"The source {source.Source} has no column {name} to join labels by.", definition.Root.At("label")));
            }

            return index;
        }
    }

    private static int LabelValue(ModelDefinition definition, ContractPlan label, int keyIndex, ProblemList problems)
    {
        if (definition.Label.Value is { } named)
        {
            var index = label.Schema.IndexOf(named);
            if (index >= 0)
            {
                return index;
            }
        }
        else
        {
            var others = Enumerable.Range(0, label.Schema.Fields.Count).Where(i => i != keyIndex && i != label.EventTimeIndex).ToList();
            if (others.Count == 1)
            {
                return others[0];
            }
        }

        problems.Add(new Problem(
            "FLY1119", $"It is not clear which column of {label.Source} is the label.", definition.Root.At("label"), "Name it with value: under label:."));
        return -1;
    }
}

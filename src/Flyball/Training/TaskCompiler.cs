using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Training.Encodings;
using Flyball.Training.Tasks;

namespace Flyball.Training;

/// <summary>Checks what a model's task asks of its label, split, encodings and trainer, once its sources and features are known.</summary>
internal sealed class TaskCompiler(ModelDefinition definition, ContractPlan request, FeatureVectorPlan vector, ProblemList problems)
{
    private readonly ModelTask task = ModelTasks.Named(definition.Task)!;

    public LabelReader Labels(ContractPlan source, int column)
    {
        var field = source.Schema.Fields[column];
        var positive = definition.Label.Positive;
        IReadOnlyList<string> classes = definition.Label.Classes;
        var allowed = source.Definition.Fields.First(f => f.Name == field.Name).Allowed;
        if (task.HasSeveralOutputs && classes.Count == 0)
        {
            classes = [.. allowed.Select(a => a.Text).OfType<string>()];
            if (classes.Count < 2)
            {
                Add("FLY1282", $"The classes of {field.Name} are not known.", "label", "List them under label: classes, or as enum in the contract.");
            }
        }
        else if (!task.HasSeveralOutputs && classes.Count > 0)
        {
            Add("FLY1282", $"A model of the task {task} has no classes.", "label", "Leave classes out, or choose multiclass-classification.");
        }

        if (positive is not null && (task.Name != ModelTasks.Binary.Name || (allowed.Count > 0 && !allowed.Any(a => a.Text == positive))))
        {
            Add("FLY1281", task.Name == ModelTasks.Binary.Name ? $"The contract allows no value {positive} of {field.Name}." : $"A model of the task {task} has no positive value.", "label", "Name under positive a value that the column takes; it belongs to binary-classification.");
        }
        else if (!task.HasSeveralOutputs && positive is null && field.Type is ScalarType.Text or ScalarType.Timestamp)
        {
            Add("FLY1281", $"The label {field.Name} is a {field.Type}.", "label", task.Name == ModelTasks.Binary.Name ? "Say which value is the positive class, such as positive: \"Yes\"." : "Name a column of numbers.");
        }

        return new LabelReader(task, source.Source, positive, task.HasSeveralOutputs ? classes : []);
    }

    /// <summary>Every text is a category; by frequency where the file says nothing else.</summary>
    public IReadOnlyList<EncodingDefinition> Encodings()
    {
        var found = new List<EncodingDefinition>();
        foreach (var written in definition.Encode)
        {
            var matches = vector.Columns.Where(c => c.Name == written.Feature || c.Name.EndsWith($".{written.Feature}", StringComparison.Ordinal)).ToList();
            if (matches.Count != 1)
            {
                Add("FLY1285", matches.Count == 0 ? $"The model has no feature {written.Feature} to encode." : $"{written.Feature} is the name of {matches.Count} features.", "encode", "Name a feature of the model, such as view.feature.");
            }
            else if (task.HasSeveralOutputs && written.Kind == EncodingKinds.Target)
            {
                Add("FLY1285", "A target encoding is a mean of labels, which classes do not have.", "encode", "Use one-hot, ordinal or hash.");
            }
            else
            {
                found.Add(written with { Feature = matches[0].Name });
            }
        }

        found.AddRange(vector.Columns.Where(c => c.Type == ScalarType.Text && !found.Any(f => f.Feature == c.Name)).Select(c => new EncodingDefinition(c.Name, EncodingKinds.Ordinal, 0)));
        return [.. found.OrderBy(f => vector.Columns.Index().First(c => c.Item.Name == f.Feature).Index)];
    }

    public int Group(int requestKey)
    {
        var named = definition.Label.Group ?? definition.Split.Column;
        if (task.Name == "ranking" && definition.Label.Group is null)
        {
            Add("FLY1283", "A ranking needs to know which rows are compared with each other.", "label", "Name the request's column under label: group.");
        }

        if (task.Name == "ranking" && definition.Split.By == SplitDefinition.Stratified)
        {
            Add("FLY1283", "A stratified split tears the groups of a ranking apart.", "split", "Split by entity with the column of the group, or by time.");
        }

        if (named is null)
        {
            return requestKey;
        }

        var index = request.Schema.IndexOf(named);
        if (index < 0)
        {
            Add("FLY1283", $"A request of {request.Source} has no column {named}.", definition.Label.Group is null ? "split" : "label", "Name a column of the request.");
        }
        else if (definition.Label.Group is { } group && definition.Split.Column is { } column && group != column)
        {
            Add("FLY1283", $"The rows are grouped by {group} and split by {column}.", "split", "Split by the column of the group.");
        }

        return index;
    }

    /// <summary>A label in the request's own row is no input, and its key names the row.</summary>
    public void CheckOwnLabel(ContractPlan source, int keyIndex, int valueIndex)
    {
        if (!definition.HasOwnLabel)
        {
            return;
        }

        var label = source.Schema.Fields[valueIndex].Name;
        foreach (var column in vector.Columns.Where(c => c.RequestColumns.Contains(label, StringComparer.Ordinal)))
        {
            Add("FLY1280", $"The feature {column.Name} reads {label}, which is the label.", "features", "Leave the feature out: at the time of a prediction the label is not known.");
        }

        if (!(source.PrimaryKey is [var only] && only == keyIndex) && !source.Unique.Contains(keyIndex))
        {
            Add("FLY1284", $"Rows of {source.Source} may have one {source.Schema.Fields[keyIndex].Name} together, so it does not name the row that a label belongs to.", "label", "Take the primary key as key, or mark the column unique in the contract.");
        }

        if (vector.Entities.Any(e => e.RequestColumn == valueIndex))
        {
            Add("FLY1280", $"The label {label} is the key of an entity that the model looks up.", "features", "Leave that view out.");
        }
    }

    public void CheckTrainer(IReadOnlyList<EncodingDefinition> encodings)
    {
        foreach (var name in definition.Trainer.Monotone.Keys)
        {
            var isFeature = vector.Columns.Any(c => c.Name == name);
            if (!isFeature || encodings.Any(e => e.Feature == name))
            {
                Add("FLY1287", isFeature ? $"The feature {name} is a category, in which nothing rises." : $"The model has no feature {name}.", "trainer", "Name features that are numbers under monotone.");
            }
        }
    }

    private void Add(string code, string message, string section, string remedy) => problems.Add(new Problem(code, message, definition.Root.At(section), remedy));
}

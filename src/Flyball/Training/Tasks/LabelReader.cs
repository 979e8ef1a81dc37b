using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Training.Tasks;

/// <summary>From the value of a label column to the number that is learned: 0 or 1, the number of a class, or the value itself. Training and monitoring read by it.</summary>
/// <param name="task">What the model is asked for.</param>
/// <param name="source">Where labels come from, for messages.</param>
/// <param name="positive">The value that is the positive class of a binary task; null when the column holds 0 and 1.</param>
/// <param name="classes">Of a task with several classes, in their order; empty for others.</param>
public sealed class LabelReader(ModelTask task, string source, string? positive, IReadOnlyList<string> classes)
{
    public ModelTask Task => task;

    /// <summary>The names of the classes in the order of the model's outputs; empty unless there are several.</summary>
    public IReadOnlyList<string> Classes => classes;

    /// <summary>The label; null when the row says none.</summary>
    /// <exception cref="FlyballException">FLY3220: the value is no label of this task. FLY3235: it is a class that the model does not list.</exception>
    public double? Read(in Value value)
    {
        if (value.IsNull)
        {
            return null;
        }

        if (task.HasSeveralOutputs)
        {
            return IndexOf(value) is >= 0 and var index
                ? index
                : throw new FlyballException(new Problem("FLY3235", $"A label of {source} is none of the {classes.Count} classes of the model.", Remedy: "List it under label: classes, or put such rows aside by the contract's enum."));
        }

        if (TryRead(value) is not { } label)
        {
            return null;
        }

        return task.Refuse(label) is not { } reason
            ? label
            : throw new FlyballException(new Problem("FLY3220", $"A label of {source} {reason}.", Remedy: "Give the label column a range in its contract."));
    }

    /// <summary>The label, without judging it; null when the value says none.</summary>
    public double? TryRead(in Value value)
    {
        if (value.IsNull)
        {
            return null;
        }

        if (task.HasSeveralOutputs)
        {
            return IndexOf(value) is >= 0 and var index ? index : null;
        }

        if (positive is not null)
        {
            return PlainText.Of(value) == positive ? 1 : 0;
        }

        return value.Kind == ScalarType.Boolean ? (value.AsBoolean ? 1 : 0) : value.TryGetNumber(out var number) ? number : null;
    }

    private int IndexOf(in Value value)
    {
        var text = PlainText.Of(value);
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i] == text)
            {
                return i;
            }
        }

        return -1;
    }
}

using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Projects;

namespace Flyball.Training;

/// <summary>Where the truth comes from, and when it is complete.</summary>
/// <param name="From">The source of label rows; the source of requests when the label is a column of the request's own row.</param>
/// <param name="Key">The column that joins a label row to its request row; it has this name on both sides.</param>
/// <param name="Value">The column with the label; null when the source has exactly one other column.</param>
/// <param name="WindowMicros">A label row counts when its event time is in [t, t + window]; afterwards the request is mature. 0 for a label that the row itself carries.</param>
/// <param name="Absent">The label of a mature request without a label row; null leaves such rows out.</param>
public sealed record LabelDefinition(string From, string Key, string? Value, long WindowMicros, double? Absent)
{
    /// <summary>The value that is the positive class of a binary task; null when the column holds 0 and 1.</summary>
    public string? Positive { get; init; }

    /// <summary>The classes of a task with several, in the order of the model's outputs; empty to take the values that the contract allows.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Of a ranking: the request's column whose rows of one value are ordered among each other.</summary>
    public string? Group { get; init; }

    /// <param name="section">The section <c>label</c>.</param>
    /// <param name="requests">The source of requests.</param>
    public static LabelDefinition? Read(YamlSection section, string? requests)
    {
        section.Require("from", "key");
        var from = section.Text("from");
        var isOwn = from is not null && from == requests;
        if (!isOwn)
        {
            section.Require("window");
        }

        var key = section.Text("key");
        var value = section.Text("value");
        var window = section.Duration("window") ?? (isOwn && !section.Has("window") ? 0 : null);
        var absent = section.Number("absent");
        var (positive, classes, group) = (section.Text("positive"), section.Texts("classes"), section.Text("group"));
        section.Finish();
        if (window is < 0 or > 3650 * Clock.MicrosPerDay || (window == 0 && !isOwn))
        {
            section.Problems.Add(new Problem("FLY1146", "A label window is between one microsecond and ten years.", section.At("window"), "Without a window a label is known when its row is: that is for labels from the source of requests alone."));
            return null;
        }

        if (classes.Count > 0 && (classes.Count < 2 || classes.Distinct(StringComparer.Ordinal).Count() != classes.Count))
        {
            section.Problems.Add(new Problem("FLY1282", "The classes are fewer than two, or one stands twice.", section.At("classes"), "List each class once."));
            return null;
        }

        return from is null || key is null || window is null
            ? null
            : new LabelDefinition(from, key, value, window.Value, absent) { Positive = positive, Classes = classes, Group = group };
    }
}

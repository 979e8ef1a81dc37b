using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Projects;

namespace Flyball.Training;

/// <summary>Where the truth comes from, and when it is complete.</summary>
/// <param name="From">The source of label rows.</param>
/// <param name="Key">The column that joins a label row to its request row; it has this name on both sides.</param>
/// <param name="Value">The column with the label; null when the source has exactly one other column.</param>
/// <param name="WindowMicros">A label row counts when its event time is in [t, t + window]; afterwards the request is mature.</param>
/// <param name="Absent">The label of a mature request without a label row; null leaves such rows out.</param>
public sealed record LabelDefinition(string From, string Key, string? Value, long WindowMicros, double? Absent)
{
    public static LabelDefinition? Read(YamlSection section)
    {
        section.Require("from", "key", "window");
        var from = section.Text("from");
        var key = section.Text("key");
        var value = section.Text("value");
        var window = section.Duration("window");
        var absent = section.Number("absent");
        section.Finish();
        if (window is <= 0 or > 3650 * Clock.MicrosPerDay)
        {
            section.Problems.Add(new Problem("FLY1146", "A label window is between one microsecond and ten years.", section.At("window")));
            return null;
        }

        return from is null || key is null || window is null ? null : new LabelDefinition(from, key, value, window.Value, absent);
    }
}

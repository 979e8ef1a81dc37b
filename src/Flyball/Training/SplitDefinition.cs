using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training.Splits;

namespace Flyball.Training;

/// <summary>How rows are divided by time; spans in microseconds. See <see cref="TimeSplit"/> for the boundaries.</summary>
/// <param name="TrainMicros">At most this much history trains.</param>
/// <param name="EmbargoMicros">Gap between the parts; at least the label window, so that no label leaks over a boundary.</param>
public sealed record SplitDefinition(long TrainMicros, long ValidationMicros, long TestMicros, long EmbargoMicros)
{
    /// <summary>The rule that lays the parts out, which knows how long labels take.</summary>
    public TimeSplit ToTimeSplit(LabelDefinition label) => new(
        TimeSpan.FromMicroseconds(TrainMicros),
        TimeSpan.FromMicroseconds(ValidationMicros),
        TimeSpan.FromMicroseconds(TestMicros),
        TimeSpan.FromMicroseconds(EmbargoMicros),
        TimeSpan.FromMicroseconds(label.WindowMicros));

    public static SplitDefinition? Read(YamlSection section)
    {
        section.Require("train", "validation", "test", "embargo");
        var by = section.Text("by") ?? "time";
        if (by != "time")
        {
            section.Problems.Add(new Problem("FLY1114", $"The split {by} is not known.", section.At("by"), "Use time."));
        }

        var train = section.Duration("train");
        var validation = section.Duration("validation");
        var test = section.Duration("test");
        var embargo = section.Duration("embargo");
        section.Finish();
        return train is null || validation is null || test is null || embargo is null
            ? null
            : new SplitDefinition(train.Value, validation.Value, test.Value, embargo.Value);
    }
}

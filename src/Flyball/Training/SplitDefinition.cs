using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Projects;
using Flyball.Training.Splits;

namespace Flyball.Training;

/// <summary>How rows are divided: by time (see <see cref="TimeSplit"/> for the boundaries), by entity, or in shares of each class. Spans in microseconds.</summary>
/// <param name="TrainMicros">At most this much history trains; 0 for a split that is not by time.</param>
/// <param name="EmbargoMicros">Gap between the parts; at least the label window, so that no label leaks over a boundary.</param>
public sealed record SplitDefinition(long TrainMicros, long ValidationMicros, long TestMicros, long EmbargoMicros)
{
    public const string ByTime = "time";
    public const string ByEntity = "entity";
    public const string Stratified = "stratified";

    public string By { get; init; } = ByTime;

    /// <summary>Of a split that is not by time.</summary>
    public SplitShares? Shares { get; init; }

    /// <summary>Of a split by entity: the request's column whose rows of one value stay together.</summary>
    public string? Column { get; init; }

    /// <summary>The split by time ends with the last request instead of the moment of training: for history that is not added to.</summary>
    public bool EndsWithData { get; init; }

    /// <summary>Of a split by time: from how many origins the model is judged besides, each a test part earlier; 0 for none.</summary>
    public int Origins { get; init; }

    /// <summary>The rule that lays the parts out, which knows how long labels take.</summary>
    public TimeSplit ToTimeSplit(LabelDefinition label) => new(
        TimeSpan.FromMicroseconds(TrainMicros),
        TimeSpan.FromMicroseconds(ValidationMicros),
        TimeSpan.FromMicroseconds(TestMicros),
        TimeSpan.FromMicroseconds(EmbargoMicros),
        TimeSpan.FromMicroseconds(label.WindowMicros));

    /// <summary>Of a model that answers by its backend and says nothing about training: it may be trained all the same.</summary>
    public static SplitDefinition Usual(LabelDefinition? label) => new(70 * Clock.MicrosPerDay, 14 * Clock.MicrosPerDay, 14 * Clock.MicrosPerDay, label?.WindowMicros ?? 0);

    /// <param name="section">The section <c>split</c>.</param>
    /// <param name="ownLabel">The label is a column of the request's own row.</param>
    public static SplitDefinition? Read(YamlSection section, bool ownLabel)
    {
        section.Require("train", "validation", "test");
        var by = section.Text("by") ?? ByTime;
        if (by is not (ByTime or ByEntity or Stratified))
        {
            section.Problems.Add(new Problem("FLY1114", $"The split {by} is not known.", section.At("by"), "Use time, entity or stratified."));
            return null;
        }

        var split = by == ByTime ? ReadTime(section, ownLabel) : ReadShares(section, by);
        section.Finish();
        return split;
    }

    private static SplitDefinition? ReadTime(YamlSection section, bool ownLabel)
    {
        if (!ownLabel)
        {
            section.Require("embargo");
        }

        var train = section.Duration("train");
        var validation = section.Duration("validation");
        var test = section.Duration("test");
        var embargo = section.Duration("embargo") ?? (ownLabel && !section.Has("embargo") ? 0 : null);
        var until = section.Text("until") ?? (ownLabel ? "data" : "now");
        var origins = section.Integer("origins") ?? 0;
        if (until is not ("data" or "now") || origins is < 0 or > 50)
        {
            section.Problems.Add(new Problem("FLY1286", until is "data" or "now" ? $"origins is {origins}." : $"The split cannot last until {until}.", section.At(until is "data" or "now" ? "origins" : "until"), "until is data or now; origins are 0 to 50."));
            return null;
        }

        return train is null || validation is null || test is null || embargo is null
            ? null
            : new SplitDefinition(train.Value, validation.Value, test.Value, embargo.Value) { EndsWithData = until == "data", Origins = (int)origins };
    }

    private static SplitDefinition? ReadShares(YamlSection section, string by)
    {
        if (by == ByEntity)
        {
            section.Require("column");
        }

        var shares = SplitShares.Read(section);
        var column = by == ByEntity ? section.Text("column") : null;
        return shares is null || (by == ByEntity && column is null) ? null : new SplitDefinition(0, 0, 0, 0) { By = by, Shares = shares, Column = column };
    }
}

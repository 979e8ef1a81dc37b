using System.Globalization;
using Flyball.Engine.Identity;
using Flyball.Training.Datasets;
using Flyball.Training.Tasks;

namespace Flyball.Training.Splits;

/// <summary>How the rows of a run were divided: shown with the run.</summary>
/// <param name="By"><c>time</c>, <c>entity</c> or <c>stratified</c>.</param>
/// <param name="Parts">The parts in order.</param>
/// <param name="Asserted">What was checked of them.</param>
/// <param name="Note">One line for people.</param>
public sealed record SplitSummary(string By, IReadOnlyList<SplitPartSummary> Parts, IReadOnlyList<string> Asserted, string Note)
{
    /// <summary>Gap between the parts of a split by time, in microseconds.</summary>
    public long? EmbargoMicros { get; init; }

    /// <summary>How long a label may take.</summary>
    public long LabelWindowMicros { get; init; }

    /// <summary>How far the features look back.</summary>
    public long LongestWindowMicros { get; init; }

    /// <summary>By how much sampling multiplied the odds of a positive label in the training part; 1 for not at all.</summary>
    public double OddsFactor { get; init; } = 1;

    public static SplitSummary Of(ModelPlan model, TrainingSet set)
    {
        var split = model.Definition.Split;
        var isByTime = split.By == SplitDefinition.ByTime;
        List<string> asserted = ["no row is in two parts"];
        if (isByTime)
        {
            asserted.Add("every part ends an embargo or more before the next begins");
            asserted.Add("the embargo is the label window or more");
        }

        if (split.By == SplitDefinition.ByEntity)
        {
            asserted.Add($"no {split.Column} is in two parts");
        }

        var note = isByTime
            ? string.Create(CultureInfo.InvariantCulture, $"embargo {Days(split.EmbargoMicros)} d, label window {Days(model.Definition.Label.WindowMicros)} d, longest feature window {Days(model.Vector.LongestWindowMicros)} d")
            : split.By == SplitDefinition.ByEntity ? $"by {split.Column}" : "the same shares of each class";
        return new SplitSummary(split.By, [.. set.Parts.Select(p => SplitPartSummary.Of(model.Labels, p))], asserted, note)
        {
            EmbargoMicros = isByTime ? split.EmbargoMicros : null,
            LabelWindowMicros = model.Definition.Label.WindowMicros,
            LongestWindowMicros = model.Vector.LongestWindowMicros,
            OddsFactor = set.OddsFactor,
        };
    }

    private static double Days(long micros) => Math.Round(micros / (double)Engine.Time.Clock.MicrosPerDay, 3);
}

/// <param name="Part"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Rows">How many.</param>
/// <param name="Sha256">Of the rows' places in the log, as <see cref="SplitMembers"/> writes them.</param>
/// <param name="Classes">Rows of each class, by its name; null for labels that are no classes.</param>
public sealed record SplitPartSummary(string Part, int Rows, string Sha256, IReadOnlyDictionary<string, int>? Classes)
{
    internal static SplitPartSummary Of(LabelReader labels, TrainingPart part) => new(
        part.Name,
        part.Rows,
        Digest.Of(SplitMembers.Pack(part.Seq)).Hex,
        labels.Task.HasClasses ? part.Labels.CountBy(l => l).OrderBy(c => c.Key).ToDictionary(c => NameOf(labels, c.Key), c => c.Value, StringComparer.Ordinal) : null);

    private static string NameOf(LabelReader labels, float label) =>
        labels.Classes.Count > 0 ? labels.Classes[(int)label] : label.ToString(CultureInfo.InvariantCulture);
}

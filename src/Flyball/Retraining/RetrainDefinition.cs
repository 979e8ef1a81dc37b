using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Retraining;

/// <summary>The section <c>retrain:</c> of a model: what makes it train again, and who lets the result out.</summary>
public sealed record RetrainDefinition
{
    private const string Automatic = "automatic-if-gates-pass";
    private const string AlwaysAsk = "always-ask";
    private const long LongestWait = 365 * Clock.MicrosPerDay;

    /// <summary>The names that <c>when</c> takes, and the kind of alert that each stands for.</summary>
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["performance_decay"] = "performance_decay",
        ["actionable_drift"] = "feature_drift",
    };

    /// <summary>Used for models without the section: they retrain by hand only, and a person approves.</summary>
    public static RetrainDefinition ByHand { get; } = new();

    /// <summary>Five cron fields in UTC, checked; a job is made whenever they come. Alerts do not wait for it.</summary>
    public string? Schedule { get; init; }

    /// <summary>The kinds of alert that ask for a retraining.</summary>
    public IReadOnlyList<string> AlertKinds { get; init; } = [];

    /// <summary>How long after the alert training waits, so that labels of the new regime mature. Microseconds.</summary>
    public long AfterMicros { get; init; }

    /// <summary>Whether a version whose gates passed is approved without asking a person.</summary>
    public bool ApprovesItself { get; init; }

    /// <summary>Reads the section of a model; each problem names its place, and the definition is usable only when there is none.</summary>
    public static RetrainDefinition Read(ModelPlan model, ProblemList problems)
    {
        if (model.Definition.Root.Section("retrain") is not { } section)
        {
            return ByHand;
        }

        var before = section.Problems.Count;
        var schedule = section.Text("schedule");
        if (schedule is not null && CronText.Defect(schedule) is { } defect)
        {
            problems.Add(new Problem("FLY1190", $"The schedule '{schedule}' cannot be read: {defect}.", section.At("schedule"), "Write minute, hour, day of month, month and day of week, such as \"0 3 * * 1\"."));
        }

        var when = section.Texts("when");
        foreach (var unknown in when.Where(w => !Kinds.ContainsKey(w)))
        {
            problems.Add(new Problem("FLY1191", $"'{unknown}' is nothing that asks for a retraining.", section.At("when"), $"Known are: {string.Join(", ", Kinds.Keys)}."));
        }

        var after = section.Duration("after") ?? 0;
        if (after is < 0 or > LongestWait)
        {
            problems.Add(new Problem("FLY1192", "after lies between nothing and 365 days.", section.At("after")));
        }

        var approve = section.Text("approve") ?? AlwaysAsk;
        if (approve is not (Automatic or AlwaysAsk))
        {
            problems.Add(new Problem("FLY1193", $"'{approve}' is no way to approve.", section.At("approve"), $"Use {Automatic} or {AlwaysAsk}."));
        }

        section.Finish();
        if (!ReferenceEquals(section.Problems, problems))
        {
            // What the getters saw stands in the list of the folder, which this reader may come long after.
            problems.Add(section.Problems.Skip(before));
        }

        return new RetrainDefinition
        {
            Schedule = schedule,
            AlertKinds = [.. when.Where(Kinds.ContainsKey).Select(w => Kinds[w]).Distinct(StringComparer.Ordinal)],
            AfterMicros = after,
            ApprovesItself = approve == Automatic,
        };
    }
}

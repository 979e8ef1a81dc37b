using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Registry;
using Flyball.Training.Evaluation;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Governance.Readiness;

/// <summary>The section of the score about model development.</summary>
internal static class ModelQualityTests
{
    public static IReadOnlyList<ReadinessTest> All { get; } =
    [
        new("model.1", "specification reviewed and checked in", Reviewed),
        new("model.2", "offline measure goes with impact online", null),
        new("model.3", "hyperparameters tuned", Tuned),
        new("model.4", "effect of staleness known", Staleness),
        new("model.5", "a simpler model is not better", Simpler),
        new("model.6", "quality sufficient on all important slices", Slices),
        new("model.7", "tested for considerations of inclusion", null),
    ];

    private static Finding Reviewed(ReadinessFacts facts)
    {
        var source = facts.Run?.Source is { } text ? JsonNode.Parse(text) : null;
        var commit = (string?)source?["commit"];
        var reviewer = ApprovalOf(facts, byAnother: true);
        return commit is null ? Finding.Missing("the run does not say which commit it was trained from", "Train from a project folder under version control.")
            : (bool?)source!["dirty"] == true ? Finding.Missing("the project had changes that were not committed", "Commit them, and train again.")
            : reviewer is null ? Finding.Missing("nobody but the author has approved the version", "Let somebody else look at it: flyball models approve MODEL@VERSION.")
            : Finding.By($"commit {commit}, approved by {reviewer.Actor}", new Evidence("run", facts.Run!.RunId, facts.Run.RunId), OfApproval(reviewer));
    }

    private static Finding Tuned(ReadinessFacts facts) =>
        facts.Members.ContainsKey(HyperSearch.MemberName)
            ? Finding.By("the trials of a search are in the bundle", facts.Member(HyperSearch.MemberName))
            : Finding.Missing("the version was trained with given parameters", "Write a search into trainer:, and train; or attach what was tried.");

    private static Finding Staleness(ReadinessFacts facts) =>
        facts.Result?.Backtests is { Count: > 0 } backtests
            ? Finding.By($"models of {backtests.Count.ToString(CultureInfo.InvariantCulture)} earlier origins were judged on later rows", new Evidence("run", facts.Run!.RunId, facts.Run.RunId))
            : facts.ComparedWith is { } older
                ? Finding.By("an older version was judged on the same new rows", new Evidence("version", "older", older), new Evidence("evaluation", facts.Run?.RunId ?? "", facts.Run?.EvaluationBlob ?? older))
                : Finding.Missing("no older model was judged on newer rows", "Train a second version, or write origins: into split.");

    private static Finding Simpler(ReadinessFacts facts)
    {
        if (facts.Report is not { } report || ModelTasks.Named(report.Task) is not { } task || report.Metrics.FirstOrDefault(m => m.Metric == task.Headline) is not { Value: { } value, Baseline: { } baseline })
        {
            return Finding.Missing("no simplest model was measured beside it", "Train the version here: a simplest model is always trained beside it.");
        }

        var detail = string.Create(CultureInfo.InvariantCulture, $"{task.Headline} {value:0.####}, of the simplest model {baseline:0.####}");
        return (task.HigherIsBetter ? value > baseline : value < baseline)
            ? Finding.By(detail, facts.Member(EvaluationReport.MemberName))
            : Finding.Missing(detail, "Serve the simpler model, or find out why this one learns nothing.");
    }

    private static Finding Slices(ReadinessFacts facts)
    {
        var gates = facts.Version?.Gates.Where(g => g.Gate.StartsWith("slice", StringComparison.Ordinal) || g.Gate.StartsWith("cells", StringComparison.Ordinal)).ToList() ?? [];
        return gates.Find(g => !g.Ok) is { } failed ? Finding.Missing($"{failed.Gate}: {failed.Detail}", "Improve the model on this slice.")
            : facts.Report?.Slices.Count(s => s.Value is not null) is > 0 and var measured
                ? Finding.By($"{measured.ToString(CultureInfo.InvariantCulture)} slices measured, {gates.Count.ToString(CultureInfo.InvariantCulture)} under gates", gates.Select(ReadinessFacts.OfGate).Prepend(facts.Member(EvaluationReport.MemberName)))
                : gates.Count > 0 ? Finding.By("its slices are under gates", gates.Select(ReadinessFacts.OfGate))
                : Finding.Missing("no slice was measured", "Name columns of few values under monitor: groups:, or write a gate on a slice.");
    }

    /// <summary>The approval of this version's bundle; null when there is none.</summary>
    /// <param name="byAnother">Of somebody who neither trained nor registered it.</param>
    public static Approval? ApprovalOf(ReadinessFacts facts, bool byAnother) => facts.Version is { } version
        ? facts.Approvals.LastOrDefault(a => a.Digest == version.Digest.Hex && a.Decision == "approved" && (!byAnother || (a.Actor != version.Author && a.Actor != version.RegisteredBy)))
        : null;

    public static Evidence OfApproval(Approval approval) => new("approval", $"{approval.Actor} {approval.DecidedAt}", approval.Digest);
}

using System.Globalization;
using Flyball.Registry;
using Flyball.Training;
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
        var tree = AppliedSource.Read(facts.Run?.Source)?.Tree;
        var reviewer = ApprovalOf(facts, byAnother: true);
        return tree is null ? Finding.Missing("the definitions were not applied from a commit that this program saw", "Commit the project folder, apply it, and train.")
            : tree.Dirty ? Finding.Refuted("the project had changes that were not committed", "Commit them, apply the folder, and train again.")
            : reviewer is null ? Finding.Missing("nobody but the author has approved the version", "Let somebody else look at it: flyball models approve MODEL@VERSION.")
            : Finding.By($"commit {tree.Commit}, approved by {reviewer.Actor}", new Evidence("run", facts.Run!.RunId, facts.Run.RunId), OfApproval(reviewer));
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
        if (facts.Report is not { } report || ModelTasks.Named(report.Task) is not { } task
            || report.Metrics.FirstOrDefault(m => m.Metric == task.Headline) is not { Value: { } value, Baseline: { } baseline } metric)
        {
            return Finding.Missing("no simplest model was measured beside it", "Train the version here: a simplest model is always trained beside it.");
        }

        // The figure itself may be better by chance: the worse end of its interval decides.
        if ((task.HigherIsBetter ? metric.Lower : metric.Upper) is not { } worst)
        {
            return Finding.Missing($"{task.Headline} has no interval: {metric.Insufficient ?? "none was measured"}", "Train on more rows, so that chance can be told from learning.");
        }

        var detail = string.Create(CultureInfo.InvariantCulture, $"{task.Headline} {value:0.####} ({report.Confidence:P0} interval {metric.Lower:0.####} to {metric.Upper:0.####}), of the simplest model {baseline:0.####}");
        return (task.HigherIsBetter ? worst > baseline : worst < baseline)
            ? Finding.By(detail, facts.Member(EvaluationReport.MemberName))
            : Finding.Refuted(detail, "Serve the simpler model, or find out why this one learns nothing.");
    }

    private static Finding Slices(ReadinessFacts facts)
    {
        var gates = facts.Version?.Gates.Where(g => g.Gate.StartsWith("slice", StringComparison.Ordinal) || g.Gate.StartsWith("cells", StringComparison.Ordinal)).ToList() ?? [];
        return gates.Find(g => !g.Ok) is { } failed ? Finding.Refuted($"{failed.Gate}: {failed.Detail}", "Improve the model on this slice.")
            : facts.Report?.Slices.Count(s => s.Value is not null) is > 0 and var measured
                ? Finding.By($"{measured.ToString(CultureInfo.InvariantCulture)} slices measured, {gates.Count.ToString(CultureInfo.InvariantCulture)} under gates", gates.Select(ReadinessFacts.OfGate).Prepend(facts.Member(EvaluationReport.MemberName)))
                : gates.Count > 0 ? Finding.By("its slices are under gates", gates.Select(ReadinessFacts.OfGate))
                : Finding.Missing("no slice was measured", "Name columns of few values under monitor: groups:, or write a gate on a slice.");
    }

    /// <summary>The last decision about this version, when it is an approval of its bundle that still holds; else null.</summary>
    /// <param name="byAnother">Only one of somebody who neither trained nor registered it.</param>
    public static Approval? ApprovalOf(ReadinessFacts facts, bool byAnother) =>
        facts.Version is { State: not VersionStates.Refused } version
        && facts.Approvals.LastOrDefault(a => a.Decision != ApprovalRules.Comment) is { Decision: ApprovalRules.Approved } last
        && last.Digest == version.Digest.Hex
        && (last.ExpiresAt is not { } expires || DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture) > facts.At)
        && (!byAnother || !ApprovalRules.IsMaker(version, last.Actor))
            ? last
            : null;

    public static Evidence OfApproval(Approval approval) => new("approval", $"{approval.Actor} {approval.DecidedAt}", approval.Digest);
}

using System.Globalization;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Training.Bundles;
using Flyball.Training.Evaluation;
using Flyball.Training.Pipeline;
using Flyball.Training.Trainers;

namespace Flyball.Governance.Readiness;

/// <summary>The section of the score about infrastructure.</summary>
internal static class InfrastructureTests
{
    /// <summary>Steps that every run makes; the others belong to some tasks and splits.</summary>
    private static readonly string[] Pipeline =
        [StepNames.Extract, StepNames.Features, StepNames.Validate, StepNames.Train, StepNames.Evaluate, StepNames.Package, StepNames.Register];

    /// <summary>Tests that every run makes by itself: they say nothing about the specification.</summary>
    private static readonly string[] BuiltIn = ["packaging", "reload", "contributions"];

    public static IReadOnlyList<ReadinessTest> All { get; } =
    [
        new("infra.1", "training reproducible", Reproducible),
        new("infra.2", "model specification unit tested", Tested),
        new("infra.3", "full pipeline integration tested", Integrated),
        new("infra.4", "quality validated before serving", Validated),
        new("infra.5", "step-by-step debugging of one example", Debuggable),
        new("infra.6", "canary before production", Canaried),
        new("infra.7", "quick, safe rollback", Rollback),
    ];

    /// <summary>That the id names all ingredients says that it could be made again; only having done it says that the same comes out.</summary>
    private static Finding Reproducible(ReadinessFacts facts)
    {
        if (facts is not { Run: { Succeeded: true, Identity: not null } run, Version: { } version } || run.Bundle != version.Digest.Hex)
        {
            return Finding.Missing("no run of this installation made the version", "Train the version here: then its run can be made again.");
        }

        if (ProgramFiles.Changed(run.Identity) is { } changed)
        {
            return Finding.Missing($"what the training program consists of is another than it was: {changed}", "Put the file back, or train again.");
        }

        return facts.Reproduced switch
        {
            null => Finding.Missing("the run was never made again", $"Make it again: flyball reproduce run {run.RunId[..12]}."),
            { Identical: true } same when same.Bundle == version.Digest.Hex => Finding.By(
                $"made again by {same.Actor} on {same.MadeAt}: the same bytes",
                new Evidence("run", run.RunId, run.RunId), new Evidence("reproduction", $"{run.RunId[..12]} {same.MadeAt}", same.Digest.Hex), new Evidence("bundle", version.Model, version.Digest.Hex)),
            var other => Finding.Refuted(
                $"made again by {other.Actor} on {other.MadeAt}, it gave {other.Again[..12]} instead of {version.Digest.Short}",
                $"Find out what differs, mend it, and make it again: flyball reproduce run {run.RunId[..12]}."),
        };
    }

    private static Finding Tested(ReadinessFacts facts)
    {
        var tests = facts.Report?.Tests.Where(t => !BuiltIn.Contains(t.Test)).ToList() ?? [];
        return tests.Find(t => !t.Ok) is { } failed ? Finding.Refuted($"the test {failed.Test} failed: {failed.Detail}", "Mend the model or the test, and train.")
            : tests.Count > 0 ? Finding.By($"passed: {string.Join(", ", tests.Select(t => t.Test))}", facts.Member(EvaluationReport.MemberName))
            : Finding.Missing("the model file declares no test", "Write tests: into the model file, such as amount up, score not down.");
    }

    private static Finding Integrated(ReadinessFacts facts)
    {
        var open = Pipeline.Where(s => facts.Done(s) is null).ToList();
        return open.Count == 0
            ? Finding.By("every step of the run was made", Pipeline.Select(s => facts.OfStep(facts.Done(s)!)))
            : Finding.Missing($"not made, or not recorded: {string.Join(", ", open)}", "Train the version here.");
    }

    private static Finding Validated(ReadinessFacts facts)
    {
        var written = facts.Version?.Gates.Where(g => facts.Manifest?.Gates.Contains(g.Gate) == true).ToList() ?? [];
        return facts.Version?.Gates.FirstOrDefault(g => !g.Ok) is { } failed ? Finding.Refuted($"{failed.Gate}: {failed.Detail}", "Train a version that passes.")
            : written.Count > 0 ? Finding.By($"{written.Count.ToString(CultureInfo.InvariantCulture)} gates of the model file held", written.Select(ReadinessFacts.OfGate))
            : Finding.Missing(facts.Manifest is null ? "there is no version with a bundle" : "the model file has no gate", "Write gates: into the model file, and train.");
    }

    private static Finding Debuggable(ReadinessFacts facts) =>
        facts.Manifest?.GoldenRows is > 0 and var rows && facts.Members.ContainsKey(ModelBundle.GoldenName)
            ? Finding.By($"{rows.ToString(CultureInfo.InvariantCulture)} requests with vector, score and decision; flyball reproduce prediction does it for any answer", facts.Member(ModelBundle.GoldenName))
            : Finding.Missing("the bundle has no golden rows", "Train the version again with this program.");

    private static Finding Canaried(ReadinessFacts facts) => facts.Rollouts switch
    {
        [] => Finding.Missing("the version was on no canary", "Start one: flyball rollout start MODEL VERSION."),
        [{ State: RolloutStates.Promoted or RolloutStates.Promoting } run, ..] => Finding.By($"promoted by the rollout {run.Id}", new Evidence("rollout", run.Id, run.Digest.Hex)),
        [var run, ..] => Finding.Missing($"the rollout {run.Id} is {run.State}", run.IsActive ? "Wait until it is decided." : "Find out why, and start another."),
    };

    private static Finding Rollback(ReadinessFacts facts) =>
        facts.Behind is { State: VersionStates.Approved } behind
            ? Finding.By($"version {behind.Version.ToString(CultureInfo.InvariantCulture)} is approved and one call away", new Evidence("version", behind.Version.ToString(CultureInfo.InvariantCulture), behind.Digest.Hex))
            : Finding.Missing("there is no approved version to go back to", "Keep an approved version as champion before this one.");
}

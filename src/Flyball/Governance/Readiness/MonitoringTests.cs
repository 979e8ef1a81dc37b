using System.Globalization;
using Flyball.Rollout;
using Flyball.Training.Bundles;
using Flyball.Training.Evaluation;

namespace Flyball.Governance.Readiness;

/// <summary>The section of the score about monitoring.</summary>
internal static class MonitoringTests
{
    public static IReadOnlyList<ReadinessTest> All { get; } =
    [
        new("monitor.1", "changes of dependencies are noticed", Dependencies),
        new("monitor.2", "data invariants hold in training and serving", Invariants),
        new("monitor.3", "training and serving compute the same values", Parity),
        new("monitor.4", "models are not too stale", Freshness),
        new("monitor.5", "the model is numerically stable", Stability),
        new("monitor.6", "no regression of speed, latency, throughput or memory", Speed),
        new("monitor.7", "no regression of quality on served data", Quality),
    ];

    private static Finding Dependencies(ReadinessFacts facts)
    {
        if (facts.Locked is not { } locked)
        {
            return Finding.Missing("the bundle does not say what its features were made from", "Train the version again with this program.");
        }

        var changed = facts.Sources.Where(s => locked.GetValueOrDefault(s.Source) != s.Digest).Select(s => s.Source).ToList();
        return facts.Sources.Count > 0 && changed.Count == 0
            ? Finding.By("the contracts are those of the feature lock, and each plan of a change names the models it touches", facts.Member(BundleMembers.FeatureLock))
            : Finding.Missing(
                changed.Count == 0 ? "the project has no such model" : $"the contract changed since training: {string.Join(", ", changed)}",
                "Look at what changed (flyball contracts diff), and train again.");
    }

    private static Finding Invariants(ReadinessFacts facts) =>
        facts.Manifest is null || facts.DefinitionDigest is null ? Finding.Missing("there is no version, or no model of this name in the project", "Train a version.")
        : facts.Unchecked.Count > 0 ? Finding.Missing($"{facts.Unchecked.Count.ToString(CultureInfo.InvariantCulture)} features have no checks, such as {facts.Unchecked[0]}", "Write checks: (null_rate, range) under the features.")
        : facts.Sources.Any(s => s.Rules == 0) ? Finding.Missing($"no rule at the door of {facts.Sources.First(s => s.Rules == 0).Source}", "Write ranges, allowed values or quality rules into its contract.")
        : Finding.By("one gate for rows of training and serving, and every served feature is checked daily", facts.Sources.Select(s => s.Evidence).Append(facts.OfDefinition("features")));

    private static Finding Parity(ReadinessFacts facts) => (facts.Manifest?.Proof, facts.ServedParity) switch
    {
        (null or { Compared: 0 }, _) => Finding.Missing("no row was read through both paths", "Train the version here: each run compares them."),
        ({ Mismatches: > 0 } proof, _) => Finding.Refuted($"values differ in {string.Join(", ", proof.Features)}", "Mend these features, and train."),
        (_, { Ok: false } served) => Finding.Refuted(served.Detail, "Mend what computes these features apart, then run flyball features parity."),
        ({ } proof, var served) => Finding.By(
            string.Create(CultureInfo.InvariantCulture, $"{proof.Compared} values of {proof.Rows} training rows are the same bits; {served?.Detail ?? "no served prediction was compared"}"),
            new Evidence("bundle member", ModelBundle.ManifestName, facts.Members[ModelBundle.ManifestName])),
    };

    private static Finding Freshness(ReadinessFacts facts) =>
        facts.Retrain is { } retrain && (retrain.Schedule is not null || retrain.AlertKinds.Count > 0)
            ? Finding.By($"trains again {(retrain.Schedule is { } cron ? $"on {cron}" : "")}{(retrain.AlertKinds.Count > 0 ? $" on {string.Join(", ", retrain.AlertKinds)}" : "")}".Replace("  ", " ", StringComparison.Ordinal), facts.OfDefinition("retrain"))
            : Finding.Missing("nothing makes the model train again", "Write schedule: or when: under retrain: in the model file.");

    private static Finding Stability(ReadinessFacts facts) => (facts.TestNamed("packaging"), facts.TestNamed("reload")) switch
    {
        ({ Ok: true } packaging, { Ok: true } reload) => Finding.By($"{packaging.Detail}; {reload.Detail}", facts.Member(EvaluationReport.MemberName)),
        (null, _) or (_, null) => Finding.Missing("the packaged model was not compared with the trained one", "Train the version here."),
        ({ Ok: false } failed, _) => Finding.Refuted(failed.Detail, "Train again, and look at the packaging step."),
        (_, { } failed) => Finding.Refuted(failed.Detail, "Train again, and look at the packaging step."),
    };

    private static Finding Speed(ReadinessFacts facts)
    {
        var gate = facts.Version?.Gates.FirstOrDefault(g => g.Ok && g.Gate.StartsWith("latency", StringComparison.Ordinal));
        return gate is null ? Finding.Missing("no gate on latency held", "Add a gate such as latency_p99 <= 5ms to the model file, and train.")
            : facts.Rollout?.Guardrails.Contains(RolloutDefinition.Latency) != true ? Finding.Missing("no guardrail watches latency in a rollout", "Add latency_p99 to guardrails: under rollout:.")
            : Finding.By($"gate: {gate.Detail}; and a guardrail in every rollout", ReadinessFacts.OfGate(gate), facts.OfDefinition("rollout"));
    }

    private static Finding Quality(ReadinessFacts facts) => facts.QualityChecks.Count > 0
        ? Finding.By("the daily check measured it on matured labels", facts.QualityChecks)
        : Finding.Missing("no daily check has measured the version on matured labels", "Send outcomes, and wait until labels are mature.");
}

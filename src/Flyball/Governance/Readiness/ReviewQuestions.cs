using Flyball.Training.Bundles;

namespace Flyball.Governance.Readiness;

/// <summary>The seven questions of a readiness review, answered by what is stored. Some rest on tests of the score.</summary>
internal static class ReviewQuestions
{
    public static IReadOnlyList<(string Question, Func<ReadinessFacts, IReadOnlyDictionary<string, Finding>, Finding> Answer)> All { get; } =
    [
        ("Can it be rebuilt?", (facts, tests) => With(tests["infra.1"], facts.Attestations)),
        ("Do we know its data and features?", DataKnown),
        ("Does training equal serving?", (_, tests) => tests["monitor.3"]),
        ("Is it better than what runs and than a baseline, also on slices?", (_, tests) => Together(tests, "infra.4", "model.5", "model.6")),
        ("Is it safe to roll out and back?", Safe),
        ("Will we notice when it goes wrong?", Noticed),
        ("Who owns it, and who approved it?", Owned),
    ];

    private static Finding DataKnown(ReadinessFacts facts, IReadOnlyDictionary<string, Finding> tests) =>
        facts.Locked is null || facts.Sources.Count == 0
            ? Finding.Missing("the version does not say what it was made from", "Train the version again with this program.")
            : Finding.By(
                $"features as written and contracts of {string.Join(", ", facts.Locked.Keys.Order(StringComparer.Ordinal))}",
                facts.Sources.Select(s => s.Evidence).Prepend(facts.Member(BundleMembers.Signature)).Prepend(facts.Member(BundleMembers.FeatureLock)));

    private static Finding Safe(ReadinessFacts facts, IReadOnlyDictionary<string, Finding> tests) =>
        facts.Manifest is null ? Finding.Missing("there is no version to roll out", "Train a version.")
        : facts.Rollout is not { Guardrails.Count: > 0 } ? Finding.Missing("no rollout with guardrails is defined", "Write rollout: with guardrails: into the model file.")
        : tests["infra.7"].Holds ? With(tests["infra.7"], [facts.OfDefinition("rollout")])
        : facts.HasFallbackRule ? Finding.By("there is no version to go back to yet; the rule of serve: fallback: answers in its place", facts.OfDefinition("serve"), facts.OfDefinition("rollout"))
        : tests["infra.7"];

    private static Finding Noticed(ReadinessFacts facts, IReadOnlyDictionary<string, Finding> tests)
    {
        if (facts.Manifest is not { Reference.Features.Count: > 0 } manifest)
        {
            return Finding.Missing("there is no reference to measure drift against", "Train a version.");
        }

        return facts.Rollout is not { Guardrails.Count: > 0 } ? Finding.Missing("no guardrail watches a rollout", "Write guardrails: under rollout: in the model file.")
            : facts.Retrain is not { } retrain || (retrain.AlertKinds.Count == 0 && retrain.Schedule is null) ? Finding.Missing("no alert leads to anything", "Write when: or schedule: under retrain: in the model file.")
            : Finding.By(
                "drift and decay are measured daily against its reference, and guardrails watch each rollout",
                facts.QualityChecks.Prepend(facts.OfDefinition("retrain")).Prepend(facts.OfDefinition("rollout"))
                    .Prepend(facts.Member(manifest.MergeableProfile ?? ModelBundle.ManifestName)));
    }

    private static Finding Owned(ReadinessFacts facts, IReadOnlyDictionary<string, Finding> tests) =>
        facts.Owner is null ? Finding.Missing("the model file names no owner", "Write owner: into the model file.")
        : ModelQualityTests.ApprovalOf(facts, byAnother: facts.Version?.NeedsAnotherApprover == true) is not { } approval
            ? Finding.Missing($"owned by {facts.Owner}; nobody has approved this version", "Have it approved: flyball models approve MODEL@VERSION.")
        : Finding.By($"owned by {facts.Owner}, approved by {approval.Actor} on {approval.DecidedAt}", ModelQualityTests.OfApproval(approval), facts.OfDefinition("owner"));

    private static Finding Together(IReadOnlyDictionary<string, Finding> tests, params ReadOnlySpan<string> ids)
    {
        var found = new List<Finding>();
        foreach (var id in ids)
        {
            if (!tests[id].Holds)
            {
                return tests[id];
            }

            found.Add(tests[id]);
        }

        return Finding.By(string.Join("; ", found.Select(f => f.Detail)), found.SelectMany(f => f.Evidence).Distinct());
    }

    private static Finding With(Finding finding, IEnumerable<Evidence> more) => finding.Holds ? finding with { Evidence = [.. finding.Evidence, .. more] } : finding;
}

using System.Globalization;
using Flyball.Training.Evaluation;
using Flyball.Training.Pipeline;

namespace Flyball.Governance.Readiness;

/// <summary>The section of the score about features and data.</summary>
internal static class DataTests
{
    public static IReadOnlyList<ReadinessTest> All { get; } =
    [
        new("data.1", "expectations in a schema", Expectations),
        new("data.2", "all features beneficial", null),
        new("data.3", "no feature costs too much", Cost),
        new("data.4", "features adhere to meta-level requirements", Leaks),
        new("data.5", "privacy controls", Privacy),
        new("data.6", "new features can be added quickly", Backfill),
        new("data.7", "feature code tested", Features),
    ];

    private static Finding Expectations(ReadinessFacts facts)
    {
        var without = facts.Sources.Where(s => s.Rules == 0).Select(s => s.Source).ToList();
        return facts.Sources.Count > 0 && without.Count == 0
            ? Finding.By($"{facts.Sources.Sum(s => s.Rules)} rules beyond types", facts.Sources.Select(s => s.Evidence))
            : Finding.Missing(
                without.Count == 0 ? "the project has no such model" : $"no rule beyond types: {string.Join(", ", without)}",
                "Write ranges, allowed values or quality rules into the contracts of the model's sources.");
    }

    private static Finding Cost(ReadinessFacts facts) =>
        facts.Version?.Gates.FirstOrDefault(g => g.Ok && g.Gate.StartsWith("latency", StringComparison.Ordinal)) is { } gate
            ? Finding.By($"features and model together: {gate.Detail}", ReadinessFacts.OfGate(gate))
            : facts.Version?.Gates.FirstOrDefault(g => g.Gate.StartsWith("latency", StringComparison.Ordinal)) is { } failed ? Finding.Refuted($"{failed.Gate}: {failed.Detail}", "Make features or model cheaper, and train.")
            : Finding.Missing("no gate on latency held", "Add a gate such as latency_p99 <= 5ms to the model file and train.");

    private static Finding Leaks(ReadinessFacts facts) =>
        facts.Done(StepNames.Leakage) is { } step
            ? Finding.By(step.Detail, facts.OfStep(step))
            : Finding.Missing("no run looked for features that know the label", "Train the version here: the step leakage looks at every feature.");

    private static Finding Privacy(ReadinessFacts facts)
    {
        var open = facts.Sources.SelectMany(s => s.Unclassified.Select(c => $"{s.Source}.{c}")).ToList();
        return facts.Sources.Count > 0 && open.Count == 0
            ? Finding.By("every column has a class, which decides what becomes of its values at the door", facts.Sources.Select(s => s.Evidence))
            : Finding.Missing(
                open.Count == 0 ? "the project has no such model" : $"{open.Count.ToString(CultureInfo.InvariantCulture)} columns have no class, such as {open[0]}",
                "Give each column a classification in its contract.");
    }

    private static Finding Backfill(ReadinessFacts facts) =>
        facts.Done(StepNames.Features) is { } step
            ? Finding.By(string.Create(CultureInfo.InvariantCulture, $"all features were computed from history in {step.Seconds:0.#} s: {step.Detail}"), facts.OfStep(step))
            : Finding.Missing("no run computed the features from history", "Train the version here.");

    private static Finding Features(ReadinessFacts facts) =>
        facts.TestNamed("golden_set") is { Ok: true } golden
            ? Finding.By(golden.Detail, facts.Member(EvaluationReport.MemberName))
            : facts.TestNamed("golden_set") is { } failed ? Finding.Refuted(failed.Detail, "Mend the features or the golden cases, and train.")
            : Finding.Missing("no golden case tests the features", "Write golden/MODEL.jsonl with requests and the answers expected, and train.");
}

namespace Flyball.Governance.Readiness;

/// <summary>
/// The ML Test Score (Breck, Cai, Nielsen, Salib and Sculley 2017): 28 tests in four sections; 1 point for a test that stored evidence answers by
/// itself, one half for one that a team documented where evidence is missing (what evidence refutes, no document answers); the score is the least sum of a section.
/// </summary>
internal static class MlTestScore
{
    /// <summary>In the order of the paper.</summary>
    public static IReadOnlyList<ReadinessTest> Tests { get; } = [.. DataTests.All, .. ModelQualityTests.All, .. InfrastructureTests.All, .. MonitoringTests.All];

    public static bool Has(string id) => Tests.Any(t => t.Id == id);

    /// <summary>Every test with what is stored.</summary>
    public static IReadOnlyList<TestOutcome> Judge(ReadinessFacts facts) => [.. Tests.Select(t => Judge(t, facts))];

    /// <summary>Points by section, in order.</summary>
    public static IReadOnlyDictionary<string, double> Sections(IReadOnlyList<TestOutcome> outcomes) =>
        outcomes.GroupBy(o => o.Test.Section, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(o => o.Points), StringComparer.Ordinal);

    private static TestOutcome Judge(ReadinessTest test, ReadinessFacts facts)
    {
        var found = test.Judge?.Invoke(facts)
            ?? Finding.Missing("only people can judge this", $"Attach what shows it: flyball ready {facts.Model} --attest {test.Id} --evidence FILE --reason TEXT.");
        return found.Holds ? new TestOutcome(test, TestOutcome.Automated, 1, found)
            : !found.IsRefuted && facts.Attached.GetValueOrDefault(test.Id) is { } document
                ? new TestOutcome(test, TestOutcome.Documented, 0.5, Finding.By($"{document.Reason} ({document.Actor}, {document.AttachedAt})", new Evidence("document", document.Name, document.Digest)))
                : new TestOutcome(test, TestOutcome.NotThere, 0, found);
    }
}

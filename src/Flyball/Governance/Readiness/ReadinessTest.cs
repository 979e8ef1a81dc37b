namespace Flyball.Governance.Readiness;

/// <summary>One of the 28 tests of the ML Test Score (Breck et al. 2017).</summary>
/// <param name="Id">Section and number: <c>data.1</c> to <c>monitor.7</c>.</param>
/// <param name="Name">What it asks, in a few words.</param>
/// <param name="Judge">From what is stored; null where only people can judge, and a document is all there can be.</param>
internal sealed record ReadinessTest(string Id, string Name, Func<ReadinessFacts, Finding>? Judge)
{
    public string Section => Id[..Id.IndexOf('.', StringComparison.Ordinal)];
}

namespace Flyball.Architecture.Tests.Rules;

/// <summary>Fails with every violation, a line each: a reader must see all that is to mend.</summary>
internal static class Verdict
{
    public static void Clean(IReadOnlyList<string> violations) =>
        Assert.True(violations.Count == 0, string.Join('\n', violations.Order(StringComparer.Ordinal)));
}

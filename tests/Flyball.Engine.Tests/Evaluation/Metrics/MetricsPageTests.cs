using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Tests.Evaluation.Metrics;

public sealed class MetricsPageTests
{
    [Fact]
    public void ThePageOfMetrics_ListsEachWithItsTasksDirectionAndFormula()
    {
        var page = File.ReadAllText(Path.Combine(Repository(), "docs", "reference", "metrics.md"));
        string[] expected = [.. MetricCatalogue.All.Values.OrderBy(d => (int)d.Tasks).ThenBy(d => d.Name, StringComparer.Ordinal).Select(Row)];
        Assert.True(expected.Length > 50);
        Assert.Equal(string.Join('\n', expected), string.Join('\n', page.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal) && expected.Any(e => l.Split('|')[1] == e.Split('|')[1]))));
    }

    private static string Row(MetricDefinition d)
    {
        var parameters = d.Parameters.Count == 0 ? "" : $"({string.Join(", ", d.Parameters.Select(p => FormattableString.Invariant($"{p.Name}{(p.Default is { } v ? $" = {v}" : "")}")))})";
        var direction = d.Direction switch { MetricDirection.Higher => "higher", MetricDirection.Lower => "lower", _ => "neither" };
        return $"| `{d.Name}{parameters}` | {TaskNames.Of(d.Tasks)} | {direction} | {(d.Kind == MetricKind.Share ? "share" : "number")} | {d.Formula.Replace("|", "\\|", StringComparison.Ordinal)} |";
    }

    private static string Repository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Flyball.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return at.FullName;
    }
}

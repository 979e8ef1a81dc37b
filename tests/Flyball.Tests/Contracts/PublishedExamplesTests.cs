using Flyball.Contracts.Odcs;

namespace Flyball.Tests.Contracts;

/// <summary>The examples that the standard publishes are not part of the repository: a folder named by FLYBALL_ODCS_EXAMPLES holds them.</summary>
public sealed class PublishedExamplesTests
{
    [Fact]
    public void Every_published_example_loads_and_the_invalid_one_is_refused_at_its_lines()
    {
        var folder = Environment.GetEnvironmentVariable("FLYBALL_ODCS_EXAMPLES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "FLYBALL_ODCS_EXAMPLES names no folder of the standard's examples: they were NOT checked.");
        var files = Directory.EnumerateFiles(folder, "*.odcs.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var report = ContractReport.Of(file);
            if (file.EndsWith("-invalid.odcs.yaml", StringComparison.Ordinal))
            {
                var wrong = File.ReadLines(file).Index().Where(l => l.Item.TrimStart() is ['u', 'n', 'd', 'e', ..] or ['-', ' ', 'u', 'n', 'd', 'e', ..]).Select(l => l.Index + 1).ToList();
                Assert.NotEmpty(wrong);
                Assert.All(wrong, line => Assert.Contains(report.Errors, e => e.Where!.Line == line));
            }
            else
            {
                Assert.True(report.IsGood, string.Join('\n', report.Errors));
            }
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests;

/// <summary>What ./test makes of its suites' reports: none may go dark.</summary>
public sealed class TestCommandTests : IDisposable
{
    private const string Passed = """{"name":"A","status":"passed","duration":3}""";
    private const string Failed = """{"name":"B","status":"failed","duration":3,"message":"expected 1","trace":"at C"}""";
    private const string Skipped = """{"name":"S","status":"skipped","duration":0,"extra":{"reason":"no shared folder"}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("flyball-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Suites_that_pass_are_summed_on_the_last_line()
    {
        Suite("One", 0, Passed, Passed);
        Suite("Two", 0, Passed, Skipped);

        Assert.Equal((0, "3 passed, 0 failed, 1 skipped"), Total("--all", "One", "Two"));
    }

    [Fact]
    public void A_failed_test_fails_the_command_and_is_shown()
    {
        Suite("One", 1, Passed, Failed);

        Assert.Equal((1, "1 passed, 1 failed"), Total("--all", "One"));
        var shown = Run("suite", _folder, "--all", "One").Output;
        Assert.Contains("FAILED  B", shown, StringComparison.Ordinal);
        Assert.Contains("expected 1", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_skipped_test_is_listed_with_its_reason()
    {
        Suite("One", 0, Passed, Skipped);

        Assert.Contains("skipped S: no shared folder", Run("suite", _folder, "--all", "One").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suite_without_tests_or_with_skipped_ones_only_fails()
    {
        Suite("None", 0);
        Suite("Skips", 0, Skipped);

        Assert.Equal((1, "0 passed, 2 failed, 1 skipped"), Total("--all", "None", "Skips"));
    }

    [Fact]
    public void A_filter_may_leave_a_suite_empty_but_not_all()
    {
        Suite("One", 0, Passed);
        Suite("None", 0);

        Assert.Equal((0, "1 passed, 0 failed"), Total("--filtered", "One", "None"));
        Assert.Equal((1, "0 passed, 1 failed"), Total("--filtered", "None"));
    }

    [Theory]
    [InlineData(134, null)]
    [InlineData(124, null)]
    [InlineData(127, null)]
    [InlineData(0, null)]
    [InlineData(139, """{"results":{"tests":[{"name":"A","sta""")]
    public void A_suite_that_crashed_hung_or_was_not_built_fails(int exitCode, string? report)
    {
        Suite("One", 0, Passed);
        Write("Two", exitCode, report);

        Assert.Equal((1, "1 passed, 1 failed"), Total("--all", "One", "Two"));
    }

    [Fact]
    public void A_suite_that_ended_badly_after_its_last_test_fails()
    {
        Suite("One", 3, Passed);

        Assert.Equal((1, "1 passed, 1 failed"), Total("--all", "One"));
    }

    [Fact]
    public void Every_folder_of_tests_that_holds_tests_is_a_suite_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root(), "Flyball.slnx"));
        var projects = Directory.GetFiles(Path.Combine(Repository.Root(), "tests"), "*.csproj", SearchOption.AllDirectories);

        Assert.True(projects.Length >= 7);
        Assert.All(projects, p => Assert.Contains(Path.GetFileName(p), solution, StringComparison.Ordinal));

        // ./test runs tests/*.Tests: a test method in a project of another name would never run.
        Assert.All(
            projects.Where(p => !p.EndsWith(".Tests.csproj", StringComparison.Ordinal)),
            p => Assert.DoesNotContain("Include=\"xunit.v3\"", File.ReadAllText(p), StringComparison.Ordinal));
    }

    private void Suite(string name, int exitCode, params string[] tests) =>
        Write(name, exitCode, $$$"""{"results":{"tests":[{{{string.Join(',', tests)}}}]}}""");

    private void Write(string name, int exitCode, string? report)
    {
        File.WriteAllText(Path.Combine(_folder, name + ".exit"), exitCode.ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(Path.Combine(_folder, name + ".log"), "output");
        if (report is not null)
        {
            File.WriteAllText(Path.Combine(_folder, name + ".json"), report);
        }
    }

    private (int ExitCode, string LastLine) Total(string rule, params string[] suites)
    {
        var (code, output) = Run(["total", _folder, rule, .. suites]);
        return (code, output.TrimEnd('\n').Split('\n')[^1]);
    }

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root(), "native", "report.js"), .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return (node.ExitCode, output);
    }
}

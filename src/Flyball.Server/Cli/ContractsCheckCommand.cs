using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Contracts.Odcs;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts check FILE...</c>: reads contract files one by one and reports everything that is wrong, or is not enforced.</summary>
internal static class ContractsCheckCommand
{
    public static Command Create(SharedOptions shared)
    {
        var files = new Argument<string[]>("FILE") { Description = "Contract files.", Arity = ArgumentArity.OneOrMore };
        var strict = new Option<bool>("--strict") { Description = "Notices fail the check too." };
        var command = new Command("check", "Check contract files of the Open Data Contract Standard, without a project.") { files, strict };
        new CommandRunner(shared).SetLocal(command, (parsed, _, _) =>
        {
            var paths = parsed.GetValue(files)!;
            if (Array.Find(paths, p => !File.Exists(p)) is { } missing)
            {
                throw new FlyballException(ContractReport.Of(missing).Errors[0] with { Message = $"There is no file '{missing}'.", Remedy = "Name contract files of the Open Data Contract Standard." });
            }

            var isStrict = parsed.GetValue(strict);
            var reports = paths.Select(ContractReport.Of).ToList();
            var ok = reports.TrueForAll(r => IsGood(r, isStrict));
            var document = new JsonObject { ["ok"] = ok, ["files"] = new JsonArray([.. reports.Select(r => (JsonNode)Describe(r, isStrict))]) };
            return Task.FromResult(new CommandOutcome(document, console => Show(console, reports, isStrict), ok));
        });
        return command;
    }

    private static bool IsGood(ContractReport report, bool isStrict) => report.IsGood && !(isStrict && report.Notices.Count > 0);

    private static JsonObject Describe(ContractReport report, bool isStrict) => new()
    {
        ["file"] = report.File,
        ["ok"] = IsGood(report, isStrict),
        ["sources"] = new JsonArray([.. report.Plans.Select(p => (JsonNode)p.Source)]),
        ["errors"] = Describe(report.Errors),
        ["notices"] = Describe(report.Notices),
    };

    private static JsonArray Describe(IEnumerable<Problem> problems) => new([.. problems.Select(p => (JsonNode)new JsonObject
    {
        ["code"] = p.Code,
        ["message"] = p.Message,
        ["line"] = p.Where?.Line,
        ["column"] = p.Where?.Column,
        ["field"] = p.Where?.Field,
        ["remedy"] = p.Remedy,
    })]);

    /// <summary>One line a problem, whatever the width of the terminal: other programs read them.</summary>
    private static void Show(IAnsiConsole console, IReadOnlyList<ContractReport> reports, bool isStrict)
    {
        var lines = console.Profile.Out.Writer;
        foreach (var report in reports)
        {
            foreach (var error in report.Errors)
            {
                lines.WriteLine($"error  {error}");
            }

            foreach (var notice in report.Notices)
            {
                lines.WriteLine($"notice {notice}");
            }

            if (IsGood(report, isStrict))
            {
                lines.WriteLine($"good   {report.File}: {(report.Plans.Count == 0 ? "no source" : string.Join(", ", report.Plans.Select(p => p.Source)))}");
            }
        }
    }
}

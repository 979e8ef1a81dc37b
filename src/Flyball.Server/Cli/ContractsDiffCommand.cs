using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Versions;
using Flyball.Engine.Problems;
using Flyball.Governance.Applied;
using Flyball.Projects;
using Flyball.Server.Hosting;
using Flyball.Server.Tables;
using Flyball.Training;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts diff OLD NEW</c>: each change, compatible or breaking, and which features and models it breaks.</summary>
internal static class ContractsDiffCommand
{
    private const string ProjectFileName = "flyball.yaml";

    public static Command Create(SharedOptions shared)
    {
        var old = new Argument<string>("OLD") { Description = "The contract in force." };
        var next = new Argument<string>("NEW") { Description = "The contract that would follow it." };
        var command = new Command("diff", "Compare two contracts of a source. Exit code 1 when the new one's version is too small a step.") { old, next };
        new CommandRunner(shared).SetLocal(command, (parsed, _, _) =>
        {
            var (was, now) = (Read(parsed.GetValue(old)!), Read(parsed.GetValue(next)!));
            if (was.Source != now.Source)
            {
                throw new FlyballException(new Problem("FLY1273", $"The contracts describe two sources, {was.Source} and {now.Source}.", Remedy: "Compare two versions of one source."));
            }

            var folder = shared.ProjectOf(parsed);
            var isNamed = parsed.GetResult(shared.Project) is { Implicit: false };
            var project = isNamed || File.Exists(Path.Combine(folder, ProjectFileName)) ? Load(folder) : null;
            var changes = ContractDifference.Between(was, now);
            var wrong = VersionRule.Check(was, now, changes);
            var document = Document(was, now, project, wrong);
            return Task.FromResult(new CommandOutcome(document, console => Show(console, document, wrong), wrong is null));
        });
        return command;
    }

    private static JsonObject Document(ContractPlan was, ContractPlan now, ProjectPlan? project, Problem? wrong)
    {
        var changes = ContractDifference.Between(was, now);
        return new JsonObject
        {
            ["source"] = was.Source,
            ["from"] = was.Version,
            ["to"] = now.Version,
            ["breaking"] = changes.Any(c => c.IsBreaking),
            ["suggested_version"] = changes.Count == 0 ? was.Version : VersionRule.Suggest(was.Version, changes),
            ["version_problem"] = wrong is null ? null : new JsonObject { ["code"] = wrong.Code, ["message"] = wrong.Message, ["remedy"] = wrong.Remedy },
            ["project"] = project?.Folder.Definition.Name,
            ["changes"] = new JsonArray([.. changes.Select(c => (JsonNode)ProjectChange.ToJson(c, project is null ? new ChangeImpact([], []) : ChangeImpact.Of(was.Source, c, project)))]),
        };
    }

    private static void Show(IAnsiConsole console, JsonObject document, Problem? wrong)
    {
        console.Write(ResourceTable.Of((JsonArray)document["changes"]!, "field", "change", "kind", "reason", "features", "models"));
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{document["from"]?.ToString()} to {document["to"]?.ToString()}; the changes ask for {document["suggested_version"]?.ToString()}.");
        if (wrong is not null)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{wrong.ToString()}[/]");
        }
    }

    private static ProjectPlan Load(string folder) => ProjectPlan.Load(folder, out var problems) ?? throw new ProjectException(problems);

    private static ContractPlan Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FlyballException(new Problem("FLY3010", "There is no such file.", new ProblemLocation(path)));
        }

        var problems = new ProblemList();
        if (new FileInfo(path).Length <= YamlLimit && YamlSection.Parse(path, File.ReadAllText(path, Encoding.UTF8), problems) is { } root && ContractCompiler.Compile(root) is { } plan)
        {
            return plan;
        }

        throw problems.Count > 0 ? new ProjectException(problems) : new FlyballException(new Problem("FLY1274", "The file is larger than 1 MB.", new ProblemLocation(path)));
    }

    private const long YamlLimit = 1 << 20;
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Server.Hosting;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts show SOURCE|FILE</c>: the columns and rules that a contract comes to.</summary>
internal static class ContractsShowCommand
{
    public static Command Create(SharedOptions shared)
    {
        var name = new Argument<string>("SOURCE|FILE") { Description = "A source of the project, or a contract file." };
        var command = new Command("show", "Show what a contract comes to: columns, rules, keys, relationships, service levels.") { name };
        new CommandRunner(shared).SetLocal(command, (parsed, _, _) =>
        {
            var plans = Find(parsed.GetValue(name)!, shared.ProjectOf(parsed));
            var document = new JsonObject { ["contracts"] = new JsonArray([.. plans.Select(p => (JsonNode)ContractDescription.Of(p))]) };
            return Task.FromResult(new CommandOutcome(document, console => Show(console, (JsonArray)document["contracts"]!)));
        });
        return command;
    }

    private static IReadOnlyList<ContractPlan> Find(string name, string project)
    {
        if (File.Exists(name))
        {
            var report = ContractReport.Of(name);
            return report.IsGood ? report.Plans : throw new ProjectException(report.Errors);
        }

        var outcome = ProjectFolder.Load(project);
        var set = outcome.Folder is null ? throw new ProjectException(outcome.Problems) : ContractSet.Compile(outcome.Folder.Contracts, outcome.Problems);
        if (set.Find(name) is { } plan)
        {
            return [plan];
        }

        throw outcome.Problems.Count > 0
            ? new ProjectException(outcome.Problems)
            : new FlyballException(ContractReport.Of(name).Errors[0] with { Message = $"There is no source and no file '{name}'.", Remedy = $"The project has: {string.Join(", ", set.Plans.Select(p => p.Source))}." });
    }

    private static void Show(IAnsiConsole console, JsonArray contracts)
    {
        foreach (var contract in contracts.OfType<JsonObject>())
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{contract["source"]!.GetValue<string>()}[/] {contract["version"]!.GetValue<string>()}  key: {Names(contract["primaryKey"])}  event time: {contract["eventTime"]?.GetValue<string>() ?? "of arrival"}");
            var table = new Table().AddColumns("field", "type", "required", "rules");
            foreach (var field in contract["fields"]!.AsArray().OfType<JsonObject>())
            {
                AddRow(table, field);
            }

            console.Write(table);
        }
    }

    private static void AddRow(Table table, JsonObject field)
    {
        table.AddRow(
            Markup.Escape(field["name"]!.GetValue<string>()), field["type"]!.GetValue<string>(), field["required"]!.GetValue<bool>() ? "yes" : "", Markup.Escape(string.Join(' ', field["rules"]!.AsArray().Select(r => r!.GetValue<string>()))));
        foreach (var inner in (field["fields"] as JsonArray ?? []).OfType<JsonObject>())
        {
            AddRow(table, inner);
        }
    }

    private static string Names(JsonNode? names) => names is JsonArray { Count: > 0 } list ? string.Join(", ", list.Select(n => n!.GetValue<string>())) : "none";
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball runs compare RUN_ID OTHER...</c>: parameters, features and data that are not the same, and the metrics side by side.</summary>
internal static class RunsCompareCommand
{
    private static readonly (string Section, string Name)[] Sections = [("params", "param"), ("features", "feature"), ("dataset", "dataset"), ("ingredients", "ingredient")];

    public static Command Create(CommandRunner runner)
    {
        var one = RunsCommand.Id("RUN_ID", "A run");
        var others = new Argument<string[]>("OTHER") { Description = "The runs to compare it with: their ids, or the first eight digits or more.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("compare", "Say what runs differ in: parameters, features, data, program, metrics.") { one, others };
        runner.Set(command, async (context, cancellation) =>
        {
            var ids = context.Parsed.GetValue(others)!.Prepend(context.Parsed.GetValue(one)!).Select(id => $"run={Uri.EscapeDataString(id)}");
            var document = await context.Client.GetAsync($"/v1/runs/compare?{string.Join('&', ids)}", cancellation);
            return new CommandOutcome(document, console => Show(console, document));
        });
        return command;
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        string[] runs = [.. document["runs"]!.AsArray().Select(r => Text(r!["run_id"])[..8])];
        foreach (var (section, name) in Sections)
        {
            if (document[section] is JsonArray { Count: > 0 } different)
            {
                Write(console, name, runs, different);
            }
        }

        if (document["ingredients"] is not JsonArray { Count: > 0 })
        {
            console.WriteLine("The same ingredients.");
        }

        Write(console, "metric", runs, document["metrics"]!.AsArray());
    }

    private static void Write(IAnsiConsole console, string name, string[] runs, JsonArray entries)
    {
        var withDifference = entries.FirstOrDefault()?["difference"] is not null;
        var table = new Table().Border(TableBorder.Minimal).AddColumns([name, .. runs, .. withDifference ? ["difference"] : Array.Empty<string>()]);
        foreach (var entry in entries.OfType<JsonObject>())
        {
            string[] cells = [Text(entry[name]), .. entry["values"]!.AsArray().Select(Text), .. withDifference ? [Text(entry["difference"])] : Array.Empty<string>()];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        console.Write(table);
    }

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text
        : node is JsonValue number && number.TryGetValue<double>(out var figure) ? figure.ToString("0.######", CultureInfo.InvariantCulture)
        : node?.ToJsonString() ?? "";
}

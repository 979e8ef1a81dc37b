using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball runs compare RUN_ID OTHER</c>: the ingredients that are not the same, and the metrics side by side.</summary>
internal static class RunsCompareCommand
{
    public static Command Create(CommandRunner runner)
    {
        var one = RunsCommand.Id("RUN_ID", "A run");
        var two = RunsCommand.Id("OTHER", "The run to compare it with");
        var command = new Command("compare", "Say what two runs differ in: data, definitions, program, metrics.") { one, two };
        runner.Set(command, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync(
                $"/v1/runs/{Uri.EscapeDataString(context.Parsed.GetValue(one)!)}/compare/{Uri.EscapeDataString(context.Parsed.GetValue(two)!)}", cancellation);
            return new CommandOutcome(document, console => Show(console, document));
        });
        return command;
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        if (document["ingredients"] is JsonArray { Count: > 0 } ingredients)
        {
            console.Write(ResourceTable.Of(ingredients, "ingredient", "one", "two"));
        }
        else
        {
            console.WriteLine("The same ingredients.");
        }

        console.Write(ResourceTable.Of((JsonArray)document["metrics"]!, "metric", "one", "two", "difference"));
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball plan</c>: what applying the folder would do. It changes nothing.</summary>
internal static class PlanCommand
{
    public static Command Create(SharedOptions shared)
    {
        var command = new Command("plan", "Show what applying the project folder would change, and which models that touches. Exit code 1 when it may not be applied.");
        new CommandRunner(shared).Set(
            command,
            async (context, cancellation) =>
            {
                var plan = await context.Client.GetAsync("/v1/project/plan", cancellation);
                return new CommandOutcome(plan, console => Show(console, plan), plan["allowed"]!.GetValue<bool>());
            },
            appliesFolder: false);
        return command;
    }

    /// <summary>A plan for people.</summary>
    public static void Show(IAnsiConsole console, JsonObject plan)
    {
        if (plan["same"]!.GetValue<bool>())
        {
            console.WriteLine("Nothing to apply: the folder says what is applied.");
            return;
        }

        console.Write(ResourceTable.Of((JsonArray)plan["changes"]!, "kind", "name", "change", "from", "to", "models"));
        foreach (var change in ((JsonArray)plan["changes"]!).SelectMany(c => c!["changes"] as JsonArray ?? []))
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{change!["kind"]!.ToString()}: {change["field"]?.ToString()} {change["change"]!.ToString()}. {change["reason"]!.ToString()}");
        }

        foreach (var broken in (JsonArray)plan["breaks"]!)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]breaks {broken!["model"]!.ToString()}[/]: {broken["reason"]!.ToString()}");
        }

        foreach (var problem in (JsonArray)plan["problems"]!)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{problem!["code"]!.ToString()}[/] {problem["message"]!.ToString()} {problem["remedy"]?.ToString()}");
        }
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball runs log RUN_ID</c>: what the steps said.</summary>
internal static class RunsLogCommand
{
    public static Command Create(CommandRunner runner)
    {
        var id = RunsCommand.Id("RUN_ID", "The run");
        var step = new Option<string?>("--step") { Description = "Only this step, such as train." };
        var command = new Command("log", "Print what the steps of a run said.") { id, step };
        runner.Set(command, async (context, cancellation) =>
        {
            var filter = context.Parsed.GetValue(step) is { } name ? $"?step={Uri.EscapeDataString(name)}" : "";
            var document = await context.Client.GetAsync($"/v1/runs/{Uri.EscapeDataString(context.Parsed.GetValue(id)!)}/log{filter}", cancellation);
            return new CommandOutcome(document, console =>
            {
                foreach (var made in (document["steps"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    console.WriteLine($"{made["started_at"]} {made["step"]} {made["state"]} {made["seconds"]?.ToJsonString()} s: {made["detail"]}");
                    foreach (var line in made["log"] as JsonArray ?? [])
                    {
                        console.WriteLine($"  {line}");
                    }
                }
            });
        });
        return command;
    }
}

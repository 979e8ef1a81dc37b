using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball runs list|show</c>.</summary>
internal static class RunsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var model = new Option<string?>("--model") { Description = "Only runs of this model." };
        var list = new Command("list", "List training runs, newest first.") { model };
        runner.Set(list, async (context, cancellation) =>
        {
            var filter = context.Parsed.GetValue(model) is { } name ? $"?model={Uri.EscapeDataString(name)}" : "";
            var document = await context.Client.GetAsync($"/v1/runs{filter}", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["runs"]!, "run_id", "model", "state", "author", "started_at", "bundle")));
        });
        var id = new Argument<string>("RUN_ID") { Description = "The run's id." };
        var show = new Command("show", "Show one run.") { id };
        runner.Set(show, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/runs/{Uri.EscapeDataString(context.Parsed.GetValue(id)!)}", cancellation);
            return new CommandOutcome(document, console => console.WriteLine(document.ToJsonString(new() { WriteIndented = true })));
        });
        return new Command("runs", "Look at training runs.") { list, show };
    }
}

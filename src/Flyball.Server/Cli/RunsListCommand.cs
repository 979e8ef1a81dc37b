using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;

namespace Flyball.Server.Cli;

/// <summary><c>flyball runs list</c>.</summary>
internal static class RunsListCommand
{
    public static Command Create(CommandRunner runner)
    {
        var model = new Option<string?>("--model") { Description = "Only runs of this model." };
        var state = new Option<string?>("--state") { Description = "Only runs in this state: running, succeeded, failed or interrupted." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List training runs, newest first.") { model, state, limit };
        runner.Set(command, async (context, cancellation) =>
        {
            List<string> query = [string.Create(CultureInfo.InvariantCulture, $"limit={context.Parsed.GetValue(limit)}")];
            Add("model", context.Parsed.GetValue(model));
            Add("state", context.Parsed.GetValue(state));
            var document = await context.Client.GetAsync($"/v1/runs?{string.Join('&', query)}", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["runs"]!, "run_id", "model", "state", "author", "started_at", "bundle")));

            void Add(string name, string? value)
            {
                if (value is not null)
                {
                    query.Add($"{name}={Uri.EscapeDataString(value)}");
                }
            }
        });
        return command;
    }
}

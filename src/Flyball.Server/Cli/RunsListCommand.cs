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
        var filter = new Option<string?>("--filter") { Description = "Only runs for which this holds, such as \"metrics.roc_auc > 0.8 and params.max_depth = '6'\"." };
        var order = new Option<string[]>("--order-by") { Description = "What to order by, such as \"metrics.roc_auc desc\"; may be given again." };
        var page = new Option<string?>("--page-token") { Description = "Where to go on: next_page_token of the answer before." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List training runs, newest first, or find some of them.") { model, state, filter, order, limit, page };
        runner.Set(command, async (context, cancellation) =>
        {
            List<string> query = [string.Create(CultureInfo.InvariantCulture, $"limit={context.Parsed.GetValue(limit)}")];
            Add("model", context.Parsed.GetValue(model));
            Add("state", context.Parsed.GetValue(state));
            Add("filter", context.Parsed.GetValue(filter));
            Add("page_token", context.Parsed.GetValue(page));
            foreach (var term in context.Parsed.GetValue(order) ?? [])
            {
                Add("order_by", term);
            }

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

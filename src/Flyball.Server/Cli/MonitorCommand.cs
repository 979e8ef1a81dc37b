using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;

namespace Flyball.Server.Cli;

/// <summary><c>flyball monitor check|alerts</c>.</summary>
internal static class MonitorCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var model = new Argument<string>("MODEL") { Description = "The model." };
        var check = new Command("check", "Check drift, data quality and performance now.") { model };
        runner.Set(check, async (context, cancellation) =>
        {
            var document = await context.PostAsync($"/v1/models/{Uri.EscapeDataString(context.Parsed.GetValue(model)!)}/checks", null, cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of(document["features"] as JsonArray ?? [], "feature", "status", "effect", "lower", "q")));
        });
        var alerts = new Command("alerts", "List alerts.");
        runner.Set(alerts, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync("/v1/alerts", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["alerts"]!, "id", "model", "kind", "feature", "severity", "state", "opened_at")));
        });
        return new Command("monitor", "Look at drift, data quality, performance and alerts.") { check, alerts };
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball rollout start|list|show|abort|back</c>.</summary>
internal static class RolloutCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var model = new Argument<string>("MODEL") { Description = "The model." };
        var version = new Argument<int>("VERSION") { Description = "The approved version to try." };
        var id = new Argument<string>("ROLLOUT") { Description = "The rollout's id." };
        var reason = new Option<string?>("--reason") { Description = "Why; goes into the audit log." };

        var start = new Command("start", "Try a version on a growing share of units, under guardrails.") { model, version };
        runner.Set(start, (context, cancellation) => SendAsync(context, $"/v1/models/{Uri.EscapeDataString(context.Parsed.GetValue(model)!)}/rollouts", new JsonObject { ["version"] = context.Parsed.GetValue(version) }, cancellation));

        var list = new Command("list", "List rollouts.");
        runner.Set(list, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync("/v1/rollouts", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["rollouts"]!, "id", "model", "candidate", "baseline", "state", "share", "reason")));
        });

        var show = new Command("show", "Show one rollout with its guardrails.") { id };
        runner.Set(show, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/rollouts/{Uri.EscapeDataString(context.Parsed.GetValue(id)!)}", cancellation);
            return new CommandOutcome(document, console => console.WriteLine(document.ToJsonString(Indented)));
        });

        var abort = new Command("abort", "End a rollout and give all traffic back to the champion.") { id, reason };
        runner.Set(abort, (context, cancellation) => SendAsync(context, $"/v1/rollouts/{Uri.EscapeDataString(context.Parsed.GetValue(id)!)}/abort", new JsonObject { ["reason"] = context.Parsed.GetValue(reason) }, cancellation));

        var back = new Command("back", "Give the traffic of a model back to its previous champion.") { model, reason };
        runner.Set(back, (context, cancellation) => SendAsync(context, $"/v1/models/{Uri.EscapeDataString(context.Parsed.GetValue(model)!)}/rollback", new JsonObject { ["reason"] = context.Parsed.GetValue(reason) }, cancellation));
        return new Command("rollout", "Try versions, and go back.") { start, list, show, abort, back };
    }

    private static async Task<CommandOutcome> SendAsync(CommandContext context, string path, JsonObject body, CancellationToken cancellation)
    {
        var document = await context.PostAsync(path, body, cancellation);
        return new CommandOutcome(document, console => console.WriteLine(document.ToJsonString(Indented)));
    }
}

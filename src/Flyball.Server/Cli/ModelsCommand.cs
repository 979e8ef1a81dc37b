using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models list|versions|show|approve|refuse|deploy</c>.</summary>
internal static class ModelsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var model = new Argument<string>("MODEL") { Description = "The model." };
        var version = new Argument<int>("VERSION") { Description = "The version's number." };
        var reason = new Option<string?>("--reason") { Description = "Why; goes into the audit log." };
        var over = new Option<bool>("--override-gates") { Description = "Approve although a gate refused it: recorded as break-glass, and needs a reason." };

        var list = new Command("list", "List models and who answers for them.");
        runner.Set(list, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync("/v1/models", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["models"]!, "model", "champion", "versions", "risk", "owner")));
        });

        var versions = new Command("versions", "List the versions of a model.") { model };
        runner.Set(versions, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/models/{Path(context, model)}/versions", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["versions"]!, "version", "state", "author", "created_at", "digest")));
        });

        var show = new Command("show", "Show one version with its gates.") { model, version };
        runner.Set(show, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/models/{Path(context, model)}/versions/{context.Parsed.GetValue(version)}", cancellation);
            return new CommandOutcome(document, console => console.Write(GateTable.Of(document["gates"] as JsonArray ?? [])));
        });

        var approve = new Command("approve", "Approve a version; for a model of high risk not by its author.") { model, version, reason, over };
        runner.Set(approve, (context, cancellation) => PostAsync(
            context, model, version, "approve", new JsonObject { ["reason"] = context.Parsed.GetValue(reason), ["override"] = context.Parsed.GetValue(over) }, cancellation));

        var refuse = new Command("refuse", "Refuse a version.") { model, version, reason };
        runner.Set(refuse, (context, cancellation) => PostAsync(context, model, version, "refuse", new JsonObject { ["reason"] = context.Parsed.GetValue(reason) }, cancellation));

        var deploy = new Command("deploy", "Make an approved version the first champion.") { model, version };
        runner.Set(deploy, async (context, cancellation) =>
        {
            var document = await context.PostAsync($"/v1/models/{Path(context, model)}/deploy", new JsonObject { ["version"] = context.Parsed.GetValue(version) }, cancellation);
            return new CommandOutcome(document, console => console.MarkupLine("[green]Deployed.[/]"));
        });
        return new Command("models", "Look at models and decide on versions.") { list, versions, show, approve, refuse, deploy };
    }

    private static string Path(CommandContext context, Argument<string> model) => Uri.EscapeDataString(context.Parsed.GetValue(model)!);

    private static async Task<CommandOutcome> PostAsync(
        CommandContext context, Argument<string> model, Argument<int> version, string verb, JsonObject body, CancellationToken cancellation)
    {
        var document = await context.PostAsync($"/v1/models/{Path(context, model)}/versions/{context.Parsed.GetValue(version)}/{verb}", body, cancellation);
        return new CommandOutcome(document, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Version {document["version"]?.ToJsonString()} is {document["state"]?.GetValue<string>()}."));
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models show</c>: a model, one version with all that decides about it, or what an alias stood for at an instant.</summary>
internal static class ModelsShowCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var instant = new Option<string?>("--as-of") { Description = "Which version the alias stood for then: 2026-03-01T12:00:00Z, or 2026-03-01 for the end of that day in UTC.", HelpName = "TIME" };
        var show = new Command("show", "Show a model, a version with its gates and approvals, or what an alias stood for.") { selector.Name, selector.Number, instant };
        new CommandRunner(shared).Set(show, async (context, cancellation) =>
        {
            var (model, version) = selector.Parts(context);
            if (context.Parsed.GetValue(instant) is { } at)
            {
                return await AsOfAsync(context, model, version, at, cancellation);
            }

            if (version is null)
            {
                var whole = await context.Client.GetAsync($"/v1/models/{model}", cancellation);
                return new CommandOutcome(whole, console => console.Write(ResourceTable.Of((JsonArray)whole["versions"]!, "version", "state", "stage", "author", "created_at", "digest")));
            }

            var (_, number) = await selector.ResolveAsync(context, cancellation);
            var document = await context.Client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/models/{model}/versions/{number}"), cancellation);
            return new CommandOutcome(document, console => Print(console, document));
        });
        return show;
    }

    private static async Task<CommandOutcome> AsOfAsync(CommandContext context, string model, string? alias, string at, CancellationToken cancellation)
    {
        if (alias is null)
        {
            throw new FlyballException(new Problem("FLY3338", "--as-of asks about an alias.", new ProblemLocation(Field: "VERSION"), "Write MODEL@champion."));
        }

        var answer = await context.Client.GetAsync($"/v1/models/{model}/aliases/{Uri.EscapeDataString(alias)}?as_of={Uri.EscapeDataString(at)}", cancellation);
        return new CommandOutcome(answer, console => console.WriteLine(answer["version"] is { } version
            ? $"{answer["model"]}@{answer["alias"]} was version {version.ToJsonString()} ({answer["digest"]}) as of {answer["as_of"]}, since {answer["since"]} by {answer["actor"]}."
            : $"{answer["model"]}@{answer["alias"]} stood for nothing as of {answer["as_of"]}."));
    }

    private static void Print(IAnsiConsole console, JsonObject document)
    {
        console.WriteLine($"{document["model"]} {document["version"]?.ToJsonString()}: {document["state"]}, stage {document["stage"]}, {document["digest"]}");
        if (document["aliases"] is JsonArray { Count: > 0 } aliases)
        {
            console.WriteLine($"Aliases: {string.Join(", ", aliases.Select(a => a!.GetValue<string>()))}");
        }

        console.Write(GateTable.Of(document["gates"] as JsonArray ?? []));
        if (document["approvals"] is JsonArray { Count: > 0 } approvals)
        {
            console.Write(ResourceTable.Of(approvals, "decided_at", "decision", "actor", "reason", "expires_at"));
        }

        if (document["promotion"]?["failed"] is JsonArray { Count: > 0 } failed)
        {
            console.WriteLine("It cannot be promoted:");
            console.Write(ResourceTable.Of(failed, "code", "message"));
        }

        if (document["ledger"] is JsonArray { Count: > 0 } ledger)
        {
            console.Write(ResourceTable.Of(ledger, "at", "kind", "name", "old", "new", "actor", "reason"));
        }
    }
}

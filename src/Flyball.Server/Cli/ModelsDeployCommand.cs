using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models deploy</c>.</summary>
internal static class ModelsDeployCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var deploy = new Command("deploy", "Make an approved version the first champion.") { selector.Name, selector.Number };
        new CommandRunner(shared).Set(deploy, async (context, cancellation) =>
        {
            var (model, version) = await selector.ResolveAsync(context, cancellation);
            var document = await context.PostAsync($"/v1/models/{model}/deploy", new JsonObject { ["version"] = version }, cancellation);
            return new CommandOutcome(document, console => console.MarkupLine("[green]Deployed.[/]"));
        });
        return deploy;
    }
}

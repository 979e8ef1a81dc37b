using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models versions</c>.</summary>
internal static class ModelsVersionsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = new Argument<string>("MODEL") { Description = "The model." };
        var versions = new Command("versions", "List the versions of a model.") { model };
        new CommandRunner(shared).Set(versions, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/models/{Uri.EscapeDataString(context.Parsed.GetValue(model)!)}/versions", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["versions"]!, "version", "state", "stage", "author", "created_at", "digest")));
        });
        return versions;
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models list</c>.</summary>
internal static class ModelsListCommand
{
    public static Command Create(SharedOptions shared)
    {
        var list = new Command("list", "List models, their champions and numbers of versions.");
        new CommandRunner(shared).Set(list, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync("/v1/models", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["models"]!, "model", "champion", "previous", "versions")));
        });
        return list;
    }
}

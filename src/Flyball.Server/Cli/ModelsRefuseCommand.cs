using System.CommandLine;
using System.Text.Json.Nodes;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models refuse</c>.</summary>
internal static class ModelsRefuseCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var reason = ModelsCommand.Reason();
        var refuse = new Command("refuse", "Refuse a version.") { selector.Name, selector.Number, reason };
        new CommandRunner(shared).Set(refuse, (context, cancellation) => VersionDecisions.PostAsync(
            context, selector, "refuse", new JsonObject { ["reason"] = context.Parsed.GetValue(reason) }, cancellation));
        return refuse;
    }
}

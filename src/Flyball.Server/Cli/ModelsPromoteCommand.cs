using System.CommandLine;
using System.Text.Json.Nodes;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models promote</c>.</summary>
internal static class ModelsPromoteCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var reason = ModelsCommand.Reason();
        var expect = new Option<int?>("--expect") { Description = "Promote only if this version is the champion now; 0 for none.", HelpName = "VERSION" };
        var promote = new Command("promote", "Put a version whose gates and approvals hold straight into production; rollout is the gradual way.") { selector.Name, selector.Number, reason, expect };
        new CommandRunner(shared).Set(promote, (context, cancellation) => VersionDecisions.PostAsync(
            context, selector, "promote", new JsonObject { ["reason"] = context.Parsed.GetValue(reason), ["expected"] = context.Parsed.GetValue(expect) }, cancellation));
        return promote;
    }
}

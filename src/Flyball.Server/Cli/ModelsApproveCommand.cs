using System.CommandLine;
using System.Text.Json.Nodes;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models approve</c>.</summary>
internal static class ModelsApproveCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var reason = ModelsCommand.Reason();
        var over = new Option<bool>("--override-gates") { Description = "Approve although a gate refused it: recorded as break-glass, and needs a reason." };
        var valid = new Option<string?>("--valid-for") { Description = "How long the approval lets the version be promoted, such as 30d; always without it.", HelpName = "TIME" };
        var approve = new Command("approve", "Approve a version; for a model of high risk not by its author.") { selector.Name, selector.Number, reason, over, valid };
        new CommandRunner(shared).Set(approve, (context, cancellation) => VersionDecisions.PostAsync(
            context,
            selector,
            "approve",
            new JsonObject { ["reason"] = context.Parsed.GetValue(reason), ["override"] = context.Parsed.GetValue(over), ["valid_for"] = context.Parsed.GetValue(valid) },
            cancellation));
        return approve;
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models retire</c>.</summary>
internal static class ModelsRetireCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var reason = ModelsCommand.Reason();
        var keep = new Option<string?>("--keep") { Description = "How long it is kept before it can be deleted, such as 90d; a year without it.", HelpName = "TIME" };
        var idle = new Option<string?>("--idle") { Description = "How long it must have answered nobody, such as 30d; a week without it.", HelpName = "TIME" };
        var force = new Option<bool>("--force") { Description = "Retire it although it answered somebody lately; needs a reason." };
        var retire = new Command("retire", "Archive a version that nobody needs.") { selector.Name, selector.Number, reason, keep, idle, force };
        new CommandRunner(shared).Set(retire, (context, cancellation) => VersionDecisions.PostAsync(
            context,
            selector,
            "retire",
            new JsonObject
            {
                ["reason"] = context.Parsed.GetValue(reason),
                ["keep_for"] = context.Parsed.GetValue(keep),
                ["idle_for"] = context.Parsed.GetValue(idle),
                ["force"] = context.Parsed.GetValue(force),
            },
            cancellation));
        return retire;
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models deprecate</c>.</summary>
internal static class ModelsDeprecateCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var sunset = new Option<string?>("--sunset") { Description = "When it may stop to answer, such as 2027-01-31.", HelpName = "DATE" };
        var note = new Option<string?>("--note") { Description = "What its users are told; goes into the audit log.", HelpName = "TEXT" };
        var deprecate = new Command("deprecate", "Tell the users of a version to move on.") { selector.Name, selector.Number, sunset, note };
        new CommandRunner(shared).Set(deprecate, (context, cancellation) => VersionDecisions.PostAsync(
            context, selector, "deprecate", new JsonObject { ["sunset"] = context.Parsed.GetValue(sunset), ["note"] = context.Parsed.GetValue(note) }, cancellation));
        return deprecate;
    }
}

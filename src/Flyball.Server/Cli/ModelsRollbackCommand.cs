using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models rollback</c>.</summary>
internal static class ModelsRollbackCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = new Argument<string>("MODEL") { Description = "The model." };
        var reason = ModelsCommand.Reason();
        var to = new Option<int?>("--to") { Description = "An earlier champion; the one before without it.", HelpName = "VERSION" };
        var expect = new Option<int?>("--expect") { Description = "Roll back only if this version is the champion now.", HelpName = "VERSION" };
        var rollback = new Command("rollback", "Make an earlier champion the champion again, at once.") { model, reason, to, expect };
        new CommandRunner(shared).Set(rollback, async (context, cancellation) =>
        {
            var name = context.Parsed.GetValue(model)!;
            if (name.Contains('@', StringComparison.Ordinal))
            {
                throw new FlyballException(new Problem("FLY3338", "A rollback names a model.", new ProblemLocation(Field: "MODEL"), "Write --to VERSION for the version to go back to."));
            }

            var body = new JsonObject { ["reason"] = context.Parsed.GetValue(reason), ["to"] = context.Parsed.GetValue(to), ["expected"] = context.Parsed.GetValue(expect) };
            var document = await context.PostAsync($"/v1/models/{Uri.EscapeDataString(name)}/rollback", body, cancellation);
            return new CommandOutcome(document, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Version {document["version"]?.ToJsonString()} is the champion again."));
        });
        return rollback;
    }
}

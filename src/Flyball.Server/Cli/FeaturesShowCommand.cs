using System.CommandLine;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features show FEATURE</c>: one feature and all that depends on it.</summary>
internal static class FeaturesShowCommand
{
    public static Command Create(SharedOptions shared)
    {
        var feature = new Argument<string>("FEATURE") { Description = "The feature, view.name." };
        var command = new Command("show", "Show one feature: meaning, checks, columns, use, and all that depends on it.") { feature };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/features/{Uri.EscapeDataString(context.Parsed.GetValue(feature)!)}", cancellation);
            return new CommandOutcome(document, console => console.WriteLine(document.ToJsonString(new() { WriteIndented = true })));
        });
        return command;
    }
}

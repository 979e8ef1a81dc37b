using System.CommandLine;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features lineage [NAME] [--request ID]</c>: from column to feature to version to prediction.</summary>
internal static class FeaturesLineageCommand
{
    public static Command Create(SharedOptions shared)
    {
        var name = new Argument<string?>("NAME") { Description = "A feature, view.name, or a model.", Arity = ArgumentArity.ZeroOrOne };
        var request = new Option<string?>("--request") { Description = "The request id of a prediction.", HelpName = "REQUEST_ID" };
        var command = new Command("lineage", "Trace a feature, a model or a prediction: columns, features, versions, use.") { name, request };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var query = (context.Parsed.GetValue(name), context.Parsed.GetValue(request)) switch
            {
                (null, { } id) => $"request={Uri.EscapeDataString(id)}",
                ({ } named, null) => $"{(named.Contains('.', StringComparison.Ordinal) ? "feature" : "model")}={Uri.EscapeDataString(named)}",
                _ => throw new FlyballException(new Problem("FLY3005", "Name a feature, a model, or a request with --request: one of them.", Remedy: "flyball features list names the features.")),
            };
            var document = await context.Client.GetAsync($"/v1/lineage?{query}", cancellation);
            return new CommandOutcome(document, console => console.WriteLine(document.ToJsonString(new() { WriteIndented = true })));
        });
        return command;
    }
}

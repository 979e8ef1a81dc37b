using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball reproduce prediction|run</c>: makes a logged prediction or a training run again and compares.</summary>
internal static class ReproduceCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var request = new Argument<string>("REQUEST_ID") { Description = "The request id of an answer." };
        var prediction = new Command("prediction", "Make one logged prediction again, bit for bit.") { request };
        runner.Set(prediction, (context, cancellation) => OutcomeAsync(context.Client.GetAsync($"/v1/predictions/{Uri.EscapeDataString(context.Parsed.GetValue(request)!)}/reproduce", cancellation)));
        var run = new Argument<string>("RUN_ID") { Description = "The run's id." };
        var training = new Command("run", "Train a run again and compare the bundles.") { run };
        runner.Set(training, (context, cancellation) => OutcomeAsync(context.PostAsync($"/v1/runs/{Uri.EscapeDataString(context.Parsed.GetValue(run)!)}/reproduce", null, cancellation)));
        return new Command("reproduce", "Make a prediction or a run again.") { prediction, training };
    }

    private static async Task<CommandOutcome> OutcomeAsync(Task<JsonObject> asked)
    {
        var document = await asked;
        var identical = document["identical"]!.GetValue<bool>();
        return new CommandOutcome(document, console =>
        {
            if (identical)
            {
                console.MarkupLine("[green]Identical.[/]");
            }
            else
            {
                console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]Different:[/] {document["difference"]?.GetValue<string>() ?? $"{document["digest"]} and {document["again"]}"}");
            }
        }, identical);
    }
}

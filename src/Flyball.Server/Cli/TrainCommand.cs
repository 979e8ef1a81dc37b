using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball train MODEL</c>: trains, evaluates against the champion and registers a version.</summary>
internal static class TrainCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = new Argument<string>("MODEL") { Description = "The model, as its file names it." };
        var permute = new Option<long?>("--permute-labels") { Description = "Train on labels shuffled with this seed: the gates must refuse the result.", HelpName = "SEED" };
        var command = new Command("train", "Train a model and register the version. The same data and definitions give the first run back; a run that was cut off goes on.") { model, permute };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var body = new JsonObject { ["permute_labels"] = context.Parsed.GetValue(permute) };
            var document = await TrainingProgress.ShowAsync(
                context, shared, $"Training {context.Parsed.GetValue(model)}", $"/v1/models/{Uri.EscapeDataString(context.Parsed.GetValue(model)!)}/train?progress=true", body, cancellation);
            var passed = (document["gates"] as JsonArray ?? []).All(g => g!["ok"]!.GetValue<bool>());
            return new CommandOutcome(document, console => Show(console, document), passed);
        });
        return command;
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        var kept = document["cached"]!.GetValue<bool>() ? ", made before" : "";
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Version [bold]{document["model_version"]!.ToJsonString()}[/] {document["state"]?.GetValue<string>()}, digest {document["digest"]?.GetValue<string>()[..12]}, run {document["run_id"]?.GetValue<string>()[..12]}{kept}");
        console.Write(GateTable.Of(document["gates"] as JsonArray ?? []));
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text;
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
            var document = await TrainAsync(context, shared, context.Parsed.GetValue(model)!, body, cancellation);
            var passed = (document["gates"] as JsonArray ?? []).All(g => g!["ok"]!.GetValue<bool>());
            return new CommandOutcome(document, console => Show(console, document), passed);
        });
        return command;
    }

    private static Task<JsonObject> TrainAsync(CommandContext context, SharedOptions shared, string model, JsonObject body, CancellationToken cancellation)
    {
        if (context.Parsed.GetValue(shared.Json) || Console.IsOutputRedirected || !context.Console.Profile.Capabilities.Interactive)
        {
            return AskAsync(_ => { });
        }

        return context.Console.Status().StartAsync($"Training {model}", status => AskAsync(step =>
        {
            if (step["seconds"] is { } seconds)
            {
                context.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{step["step"]!.GetValue<string>(),-9}[/] {step["detail"]?.GetValue<string>()} [grey]{seconds.GetValue<double>():0.0} s[/]");
            }
            else
            {
                status.Status = Markup.Escape($"{step["step"]?.GetValue<string>()} {step["log"]?.GetValue<string>()}".TrimEnd());
            }
        }));

        async Task<JsonObject> AskAsync(Action<JsonObject> onStep)
        {
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/v1/models/{Uri.EscapeDataString(model)}/train?progress=true", UriKind.Relative)) { Content = content };
            return await ProgressRequest.SendAsync(context.Client.Http, request, "run", onStep, cancellation);
        }
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        var kept = document["cached"]!.GetValue<bool>() ? ", made before" : "";
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Version [bold]{document["model_version"]!.ToJsonString()}[/] {document["state"]?.GetValue<string>()}, digest {document["digest"]?.GetValue<string>()[..12]}, run {document["run_id"]?.GetValue<string>()[..12]}{kept}");
        console.Write(GateTable.Of(document["gates"] as JsonArray ?? []));
    }
}

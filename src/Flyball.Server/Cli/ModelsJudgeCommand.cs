using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models judge</c>: decides the gates of a version that was logged from elsewhere.</summary>
internal static class ModelsJudgeCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var judge = new Command("judge", "Judge a version that came as files (ONNX, XGBoost, LightGBM) by the model's own features, label and gates; then it is approved and promoted like a trained one.")
        {
            selector.Name,
            selector.Number,
        };
        new CommandRunner(shared).Set(judge, async (context, cancellation) =>
        {
            var (model, version) = await selector.ResolveAsync(context, cancellation);
            var path = string.Create(CultureInfo.InvariantCulture, $"/v1/models/{model}/versions/{version}/judge?progress=true");
            var document = await TrainingProgress.ShowAsync(context, shared, $"Judging {Uri.UnescapeDataString(model)}@{version.ToString(CultureInfo.InvariantCulture)}", path, [], cancellation);
            var passed = (document["gates"] as JsonArray ?? []).All(g => g!["ok"]!.GetValue<bool>());
            return new CommandOutcome(document, console => Show(console, document), passed);
        });
        return judge;
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Version [bold]{document["model_version"]!.ToJsonString()}[/] is {document["state"]?.GetValue<string>()}, digest {document["digest"]?.GetValue<string>()[..12]}, run {document["run_id"]?.GetValue<string>()[..12]}");
        console.Write(GateTable.Of(document["gates"] as JsonArray ?? []));
    }
}

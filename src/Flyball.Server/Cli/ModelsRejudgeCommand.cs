using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models rejudge</c>: exit code 1 when a gate fails.</summary>
internal static class ModelsRejudgeCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var reason = ModelsCommand.Reason();
        var rejudge = new Command("rejudge", "Judge a version again, on frozen rows beside the present champion; an approval stays when every gate holds.") { selector.Name, selector.Number, reason };
        new CommandRunner(shared).Set(rejudge, async (context, cancellation) =>
        {
            var (model, version) = await selector.ResolveAsync(context, cancellation);
            var body = new JsonObject { ["reason"] = context.Parsed.GetValue(reason) };
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(string.Create(CultureInfo.InvariantCulture, $"/v1/models/{model}/versions/{version}/rejudge?progress=true"), UriKind.Relative)) { Content = content };
            var document = await ProgressRequest.SendAsync(context.Client.Http, request, "run", _ => { }, cancellation);
            var passed = (document["gates"] as JsonArray ?? []).All(g => g!["ok"]!.GetValue<bool>());
            return new CommandOutcome(document, console => Show(console, document), passed);
        });
        return rejudge;
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Version [bold]{document["model_version"]!.ToJsonString()}[/] is {document["state"]?.GetValue<string>()}.");
        console.Write(GateTable.Of(document["gates"] as JsonArray ?? []));
    }
}

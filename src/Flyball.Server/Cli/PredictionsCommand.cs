using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball predictions show|list</c>: what the prediction log holds.</summary>
internal static class PredictionsCommand
{
    public static Command Create(SharedOptions shared) => new("predictions", "Show logged predictions.") { Show(shared), List(shared) };

    private static Command Show(SharedOptions shared)
    {
        var request = new Argument<string>("REQUEST_ID") { Description = "The request id of an answer." };
        var show = new Command("show", "Show one logged prediction with its request, features and answer.") { request };
        new CommandRunner(shared).Set(show, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/predictions/{Uri.EscapeDataString(context.Parsed.GetValue(request)!)}", cancellation);
            return new CommandOutcome(document, console => Print(console, document));
        });
        return show;
    }

    private static Command List(SharedOptions shared)
    {
        var model = new Argument<string>("MODEL") { Description = "The model." };
        var from = new Option<string?>("--from") { Description = "Prediction instants from here on: 2026-03-01T12:00:00Z.", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "Prediction instants before this.", HelpName = "TIME" };
        var after = new Option<long?>("--after") { Description = "Go on behind this position: what an answer calls next.", HelpName = "POSITION" };
        var limit = new Option<int>("--limit") { Description = "The most to show, up to 1000.", DefaultValueFactory = _ => 100, HelpName = "N" };
        var version = new Option<int?>("--version") { Description = "Answered by this version.", HelpName = "N" };
        var rung = new Option<string?>("--rung") { Description = "Answered on this rung: full, champion, previous-version, rule, last-known-features or default-features.", HelpName = "RUNG" };
        var order = new Option<string>("--order") { Description = "newest or oldest first, as they were logged.", DefaultValueFactory = _ => "newest", HelpName = "ORDER" };
        var list = new Command("list", "List a model's logged predictions.") { model, from, to, after, limit, version, rung, order };
        new CommandRunner(shared).Set(list, async (context, cancellation) =>
        {
            (string Name, string? Value)[] words =
            [
                ("from", context.Parsed.GetValue(from)), ("to", context.Parsed.GetValue(to)), ("after", Text(context.Parsed.GetValue(after))), ("limit", Text(context.Parsed.GetValue(limit))),
                ("version", Text(context.Parsed.GetValue(version))), ("rung", context.Parsed.GetValue(rung)), ("order", context.Parsed.GetValue(order)),
            ];
            var query = string.Join('&', words.Where(w => w.Value is not null).Select(w => $"{w.Name}={Uri.EscapeDataString(w.Value!)}"));
            var document = await context.Client.GetAsync($"/v1/models/{Uri.EscapeDataString(context.Parsed.GetValue(model)!)}/predictions?{query}", cancellation);
            return new CommandOutcome(document, console =>
            {
                console.Write(ResourceTable.Of((JsonArray)document["predictions"]!, "request_id", "instant", "version", "route", "score", "decision", "rung", "latency_micros"));
                if (document["next"] is { } next)
                {
                    console.WriteLine($"There may be more: --after {next.ToJsonString()}");
                }
            });
        });
        return list;
    }

    private static void Print(IAnsiConsole console, JsonObject document)
    {
        foreach (var (name, value) in document.Where(m => m.Key is not ("features" or "request")))
        {
            console.WriteLine($"{name}: {value?.ToString() ?? "-"}");
        }

        console.WriteLine($"request: {document["request"]?.ToJsonString()}");
        console.Write(ResourceTable.Of((JsonArray)document["features"]!, "name", "value", "status"));
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

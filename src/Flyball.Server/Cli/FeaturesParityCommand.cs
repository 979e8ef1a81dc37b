using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features parity --model M</c>: logged vectors against the offline path, bit by bit.</summary>
internal static class FeaturesParityCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = new Option<string>("--model") { Description = "The model whose logged predictions are replayed.", Required = true };
        var sample = new Option<int>("--sample") { Description = "About as many predictions; all requests of a key are kept or none.", DefaultValueFactory = _ => 1000 };
        var from = new Option<string?>("--from") { Description = "Only predictions at or after this instant.", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "Only predictions before this instant.", HelpName = "TIME" };
        var command = new Command("parity", "Replay logged predictions through the offline path and compare every feature bit by bit. Exit code 1 on a mismatch, and when nothing was compared.") { model, sample, from, to };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?sample={context.Parsed.GetValue(sample)}");
            query += context.Parsed.GetValue(from) is { } start ? $"&from={Uri.EscapeDataString(start)}" : "";
            query += context.Parsed.GetValue(to) is { } end ? $"&to={Uri.EscapeDataString(end)}" : "";
            var document = await context.PostAsync($"/v1/models/{Uri.EscapeDataString(context.Parsed.GetValue(model)!)}/parity{query}", null, cancellation);
            return new CommandOutcome(document, console => Show(console, document), document["compared"]!.GetValue<long>() > 0 && ((JsonArray)document["mismatches"]!).Count == 0);
        });
        return command;
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{document["identical"]!.ToJsonString()} of {document["compared"]!.ToJsonString()} predictions are identical.");
        console.Write(ResourceTable.Of((JsonArray)document["mismatches"]!, "request_id", "feature", "online", "offline"));
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features checks [--model M]</c>: measures served features now, or lists what was found before.</summary>
internal static class FeaturesChecksCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = new Option<string?>("--model") { Description = "Measure the features this model served; without it, list what checks found." };
        var from = new Option<string?>("--from") { Description = "First prediction instant; a day before the end when not given.", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "End, exclusive; now when not given.", HelpName = "TIME" };
        var command = new Command("checks", "Hold served features to their checks: nulls, range, freshness, cardinality. Exit code 1 when one is not passed.") { model, from, to };
        new CommandRunner(shared).Set(command, (context, cancellation) => context.Parsed.GetValue(model) is { } name
            ? MeasureAsync(context, name, context.Parsed.GetValue(from), context.Parsed.GetValue(to), cancellation)
            : ListAsync(context, cancellation));
        return command;
    }

    private static async Task<CommandOutcome> MeasureAsync(CommandContext context, string model, string? from, string? to, CancellationToken cancellation)
    {
        string[] window = [.. new[] { ("from", from), ("to", to) }.Where(p => p.Item2 is not null).Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2!)}")];
        var query = window.Length == 0 ? "" : $"?{string.Join('&', window)}";
        var document = await context.PostAsync($"/v1/models/{Uri.EscapeDataString(model)}/feature-checks{query}", null, cancellation);
        return new CommandOutcome(document, console => Show(console, document), ((JsonArray)document["findings"]!).Count == 0);
    }

    private static async Task<CommandOutcome> ListAsync(CommandContext context, CancellationToken cancellation)
    {
        var document = await context.Client.GetAsync("/v1/feature-findings", cancellation);
        return new CommandOutcome(document, console => console.Write(ResourceTable.Of(Flat(document), "at", "model", "feature", "check", "message")));
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        var measured = document["predictions"]!.GetValue<long>() - document["other_definitions"]!.GetValue<long>() - document["without_features"]!.GetValue<long>();
        if (measured == 0)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"Nothing was measured: of {document["predictions"]!.GetValue<long>():N0} predictions that {document["model"]!.GetValue<string>()} logged between {document["from"]!.GetValue<string>()} and {document["to"]!.GetValue<string>()}, none has features of today's definitions.");
            return;
        }

        console.Write(ResourceTable.Of((JsonArray)document["features"]!, "feature", "served", "null_rate", "low", "high", "distinct"));
        console.Write(ResourceTable.Of((JsonArray)document["findings"]!, "feature", "check", "message"));
    }

    /// <summary>One row a finding, each with its check.</summary>
    private static JsonArray Flat(JsonObject document)
    {
        var rows = new JsonArray();
        foreach (var check in document["checks"]!.AsArray().OfType<JsonObject>())
        {
            foreach (var finding in check["findings"]!.AsArray().OfType<JsonObject>())
            {
                var row = (JsonObject)finding.DeepClone();
                row["at"] = check["at"]!.DeepClone();
                row["model"] = check["model"]!.DeepClone();
                rows.Add((JsonNode)row);
            }
        }

        return rows;
    }
}

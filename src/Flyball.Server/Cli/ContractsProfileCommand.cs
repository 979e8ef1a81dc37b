using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Contracts.Inference;
using Flyball.Contracts.Profiles;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts profile SOURCE | FILE</c>: what the rows look like. A file is profiled here, without a server.</summary>
internal static class ContractsProfileCommand
{
    private const int Widest = 24;

    public static Command Create(SharedOptions shared)
    {
        var subject = new Argument<string>("SOURCE|FILE") { Description = "A source, or the path of a file." };
        var from = new Option<string?>("--from") { Description = "The first UTC day.", HelpName = "DAY" };
        var to = new Option<string?>("--to") { Description = "The day after the last.", HelpName = "DAY" };
        var command = new Command("profile", "Show what the rows of a source or a file look like.") { subject, from, to };
        var runner = new CommandRunner(shared);
        var ofSource = new Command("source");
        runner.Set(ofSource, async (context, cancellation) => Answer(await context.Client.GetAsync(Route(context.Parsed, subject, from, to), cancellation)));
        var ofFile = new Command("file");
        runner.SetLocal(ofFile, (parsed, _, _) => Task.FromResult(Answer(OfFile(parsed.GetValue(subject)!))));
        command.SetAction((parsed, cancellation) =>
            ((System.CommandLine.Invocation.AsynchronousCommandLineAction)(File.Exists(parsed.GetValue(subject)) ? ofFile : ofSource).Action!).InvokeAsync(parsed, cancellation));
        return command;
    }

    private static string Route(ParseResult parsed, Argument<string> subject, Option<string?> from, Option<string?> to)
    {
        var query = new[] { ("from", parsed.GetValue(from)), ("to", parsed.GetValue(to)) }.Where(q => q.Item2 is not null).Select(q => $"{q.Item1}={Uri.EscapeDataString(q.Item2!)}");
        return $"/v1/contracts/{Uri.EscapeDataString(parsed.GetValue(subject)!)}/profile?{string.Join('&', query)}";
    }

    private static JsonObject OfFile(string path)
    {
        var document = ProfileReport.Of(ContractInference.Profile(path));
        document["file"] = Path.GetFileName(path);
        return document;
    }

    private static CommandOutcome Answer(JsonObject document) => new(document, console => Show(console, document));

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("column", "type");
        foreach (var figure in new[] { "null %", "distinct", "min", "median", "max" })
        {
            table.AddColumn(new TableColumn(figure).RightAligned());
        }

        table.AddColumn("most frequent");
        foreach (var column in ((JsonArray)document["columns"]!).OfType<JsonObject>())
        {
            var quantiles = column["quantiles"] as JsonObject;
            table.AddRow([.. new[]
            {
                Text(column["name"]), Text(column["type"]), Percent(column["null_rate"]), (column["distinct_is_exact"]!.GetValue<bool>() ? "" : "~") + Text(column["distinct"]),
                Figure(column, column["min"]), Figure(column, quantiles?["p50"]), Figure(column, column["max"]), Frequent(column),
            }.Select(Markup.Escape)]);
        }

        console.Write(table);
        var days = document["days"] is { } d ? string.Create(CultureInfo.InvariantCulture, $" of {d.ToJsonString()} days") : "";
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{document["rows"]!.GetValue<long>():N0} rows{days}. Quantiles within 1.65 % of the rank, ~ within 1.6 % (one standard error).");
    }

    /// <summary>Of a moment, its day: the table is for a glance.</summary>
    private static string Figure(JsonObject column, JsonNode? figure) =>
        Text(figure) is { Length: > 10 } text && Text(column["type"]) == "timestamp" ? text[..10] : Text(figure);

    private static string Frequent(JsonObject column) => column["opaque"]!.GetValue<bool>() ? "(personal)" : Cut(string.Join(
        ", ", (column["frequent"] as JsonArray ?? []).OfType<JsonObject>().Where(f => f["share"]!.GetValue<double>() >= 0.01).Take(3).Select(f => $"{Text(f["value"])} {Percent(f["share"])}%")));

    private static string Percent(JsonNode? share) => share is null ? "" : (share.GetValue<double>() * 100).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => Cut(text),
        JsonValue value when value.TryGetValue<double>(out var number) && number != Math.Floor(number) => number.ToString("G5", CultureInfo.InvariantCulture),
        _ => node.ToJsonString(),
    };

    private static string Cut(string text) => text.Length > Widest ? string.Concat(text.AsSpan(0, Widest), "…") : text;
}

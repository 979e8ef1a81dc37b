using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball ingest SOURCE FILE…</c>: sends files through the gate. The same file twice adds nothing.</summary>
internal static class IngestCommand
{
    private static readonly string[] Counts = ["received", "accepted", "quarantined", "duplicates"];

    public static Command Create(SharedOptions shared)
    {
        var source = new Argument<string>("SOURCE") { Description = "The source, as its contract names it." };
        var files = new Argument<string[]>("FILE") { Description = "CSV, TSV or NDJSON, plain or .gz.", Arity = ArgumentArity.OneOrMore };
        var knownAt = new Option<string>("--known-at") { Description = "When history could have been known: now, or event_time.", DefaultValueFactory = _ => "now" };
        knownAt.AcceptOnlyFromAmong("now", "event_time");
        var command = new Command("ingest", "Append the rows of files to a source, through its contract.") 
        {
            source, files, knownAt, IngestQuarantineCommand.Create(shared), IngestHoldsCommand.Create(shared),
        };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var total = Counts.ToDictionary(c => c, _ => 0L, StringComparer.Ordinal);
            var started = TimeProvider.System.GetTimestamp();
            JsonArray reasons = [];
            foreach (var file in context.Parsed.GetValue(files)!)
            {
                var report = await SendAsync(context, context.Parsed.GetValue(source)!, file, context.Parsed.GetValue(knownAt)!, cancellation);
                foreach (var count in Counts)
                {
                    total[count] += report[count]?.GetValue<long>() ?? 0;
                }

                foreach (var reason in report["reasons"] as JsonArray ?? [])
                {
                    reasons.Add(reason!.DeepClone());
                }
            }

            var document = new JsonObject();
            foreach (var count in Counts)
            {
                document[count] = total[count];
            }

            document["seconds"] = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 3);
            document["reasons"] = reasons;
            return new CommandOutcome(document, console => Show(console, document));
        });
        return command;
    }

    private static async Task<JsonObject> SendAsync(CommandContext context, string source, string file, string knownAt, CancellationToken cancellation)
    {
        if (!File.Exists(file))
        {
            throw new FlyballException(new Problem("FLY3010", "There is no such file.", new ProblemLocation(file)));
        }

        var plain = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;
        var type = Path.GetExtension(plain).ToLowerInvariant() switch
        {
            ".csv" => "text/csv",
            ".tsv" => "text/tab-separated-values",
            ".ndjson" or ".jsonl" => "application/x-ndjson",
            _ => throw new FlyballException(new Problem("FLY3011", "The file's ending is not known.", new ProblemLocation(file), "Use .csv, .tsv, .ndjson or .jsonl, plain or with .gz.")),
        };
        await using var raw = File.OpenRead(file);
        await using Stream content = plain == file ? raw : new GZipStream(raw, CompressionMode.Decompress);
        using var body = new StreamContent(content, 1 << 16);
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var response = await context.Client.Http.PostAsync(
            new Uri($"/v1/imports/{Uri.EscapeDataString(source)}?known_at={knownAt}", UriKind.Relative), body, cancellation);
        var document = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject ?? [];
        return response.IsSuccessStatusCode ? document : throw new FlyballProblemException((int)response.StatusCode, document);
    }

    private static void Show(IAnsiConsole console, JsonObject document)
    {
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var count in Counts)
        {
            table.AddColumn(new TableColumn(count).RightAligned());
        }

        table.AddColumn(new TableColumn("seconds").RightAligned());
        table.AddRow([.. Counts.Select(c => document[c]!.GetValue<long>().ToString("N0", CultureInfo.InvariantCulture)), document["seconds"]!.ToJsonString()]);
        console.Write(table);
        foreach (var reason in (document["reasons"] as JsonArray ?? []).Take(10))
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]quarantined[/] {reason!.ToJsonString()}");
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Client;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball ingest SOURCE FILE…</c>: sends files through the gate. The same file twice adds nothing.</summary>
internal static class IngestCommand
{
    private static readonly string[] Counts = ["received", "accepted", "quarantined", "duplicates"];

    public static Command Create(SharedOptions shared)
    {
        var source = new Argument<string>("SOURCE") { Description = "The source, as its contract names it." };
        var files = new Argument<string[]>("FILE") { Description = "CSV, TSV or NDJSON, plain or .gz, or Parquet.", Arity = ArgumentArity.OneOrMore };
        var knownAt = new Option<string>("--known-at")
        {
            Description = "When history could have been known: now, event_time, or the column of the file that says it.",
            HelpName = "now|event_time|COLUMN",
            DefaultValueFactory = _ => "now",
        };
        var command = new Command("ingest", "Append the rows of files to a source, through its contract.")
        {
            source, files, knownAt, IngestQuarantineCommand.Create(shared), IngestHoldsCommand.Create(shared), IngestRetractCommand.Create(shared),
        };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var total = Counts.ToDictionary(c => c, _ => 0L, StringComparer.Ordinal);
            var started = TimeProvider.System.GetTimestamp();
            var upload = new FileUpload(context.Client.Http, context.Parsed.GetValue(source)!, context.Parsed.GetValue(knownAt)!);
            JsonArray reasons = [];
            JsonArray findings = [];
            JsonArray held = [];
            var named = context.Parsed.GetValue(files)!;
            foreach (var file in named)
            {
                // A name that is wrong is told before the files in front of it are stored.
                FileUpload.Check(file);
            }

            for (var i = 0; i < named.Length; i++)
            {
                JsonObject report;
                try
                {
                    report = ShowsProgress(context, shared)
                        ? await IngestProgress.ShowAsync(context.Console, upload, named[i], cancellation)
                        : await upload.SendAsync(named[i], cancellation);
                }
                catch (FlyballProblemException e) when (e.Document is { } refused)
                {
                    Name(refused, named[i], i, total);
                    throw;
                }

                foreach (var count in Counts)
                {
                    total[count] += report[count]?.GetValue<long>() ?? 0;
                }

                Append(reasons, report["reasons"]);
                Append(findings, report["findings"]);
                if (report["batch"] is { } batch)
                {
                    held.Add((JsonNode)new JsonObject { ["batch"] = batch.DeepClone(), ["rows"] = (report["held"] ?? report["duplicates"])!.DeepClone() });
                }
            }

            var document = new JsonObject();
            foreach (var count in Counts)
            {
                document[count] = total[count];
            }

            document["seconds"] = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 3);
            document["reasons"] = reasons;
            document["findings"] = findings;
            if (held.Count > 0)
            {
                // They are among the quarantined: put aside, and waiting as a batch.
                document["held"] = held;
            }

            return new CommandOutcome(document, console => Show(console, document));
        });
        return command;
    }

    /// <summary>Says which file it is about, and what became of the files before it.</summary>
    private static void Name(JsonObject refused, string file, int before, Dictionary<string, long> total)
    {
        foreach (var error in (refused["errors"] as JsonArray ?? []).OfType<JsonObject>())
        {
            error["file"] ??= Path.GetFileName(file);
        }

        if (before > 0)
        {
            var stored = new JsonObject { ["files"] = before };
            foreach (var (count, rows) in total)
            {
                stored[count] = rows;
            }

            refused["before"] = stored;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"flyball: {before} files before it are through: {total["accepted"]:N0} rows accepted, {total["quarantined"]:N0} put aside, {total["duplicates"]:N0} there already."));
        }
    }

    private static void Append(JsonArray all, JsonNode? some)
    {
        foreach (var item in some as JsonArray ?? [])
        {
            all.Add(item!.DeepClone());
        }
    }

    /// <summary>A bar is for somebody who looks at a terminal.</summary>
    private static bool ShowsProgress(CommandContext context, SharedOptions shared) =>
        !context.Parsed.GetValue(shared.Json) && !Console.IsOutputRedirected && context.Console.Profile.Capabilities.Interactive;

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

        foreach (var finding in (document["findings"] as JsonArray ?? []).Take(20))
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]{finding!["outcome"]}[/] {finding["message"]}");
        }

        foreach (var batch in document["held"] as JsonArray ?? [])
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]held[/] {batch!["rows"]} rows wait as {batch["batch"]}: flyball ingest holds show SOURCE {batch["batch"]}");
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball ingest quarantine list|show|release|discard</c>: the place to work on rows that were put aside.</summary>
internal static class IngestQuarantineCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var source = new Argument<string>("SOURCE") { Description = "The source." };
        return new Command("quarantine", "Look at rows that were put aside, and decide about them.")
        {
            List(runner, source), Show(runner, source), Decide(runner, source, "release"), Decide(runner, source, "discard"),
        };
    }

    private static Command List(CommandRunner runner, Argument<string> source)
    {
        var state = new Option<string>("--state") { Description = "open, released, discarded or all.", DefaultValueFactory = _ => "open" };
        state.AcceptOnlyFromAmong("open", "released", "discarded", "all");
        var rule = new Option<string?>("--rule") { Description = "Only rows put aside for this code, column or rule." };
        var after = new Option<long>("--after") { Description = "Only rows after this position." };
        var limit = new Option<int>("--limit") { Description = "How many rows.", DefaultValueFactory = _ => 100 };
        var command = new Command("list", "List rows, oldest first, with their reasons.") { source, state, rule, after, limit };
        runner.Set(command, async (context, cancellation) =>
        {
            var parsed = context.Parsed;
            var named = parsed.GetValue(rule) is { } r ? $"&rule={Uri.EscapeDataString(r)}" : "";
            var document = await context.Client.GetAsync(string.Create(
                CultureInfo.InvariantCulture, $"{Path(context, source)}?state={parsed.GetValue(state)}&after={parsed.GetValue(after)}&limit={parsed.GetValue(limit)}{named}"), cancellation);
            return new CommandOutcome(document, console => ShowList(console, document));
        });
        return command;
    }

    private static Command Show(CommandRunner runner, Argument<string> source)
    {
        var seq = new Argument<long>("SEQ") { Description = "The row's position." };
        var command = new Command("show", "Show one row: what was sent, why it was put aside, what was decided.") { source, seq };
        runner.Set(command, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Path(context, source)}/{context.Parsed.GetValue(seq)}"), cancellation);
            return new CommandOutcome(document, console => console.WriteLine(document.ToJsonString(new JsonSerializerOptions { WriteIndented = true })));
        });
        return command;
    }

    private static Command Decide(CommandRunner runner, Argument<string> source, string verb)
    {
        var seqs = new Argument<long[]>("SEQ") { Description = "Positions of rows.", Arity = ArgumentArity.ZeroOrMore };
        var rule = new Option<string?>("--rule") { Description = "Every open row put aside for this code, column or rule." };
        var all = new Option<bool>("--all") { Description = "Every open row." };
        var reason = new Option<string>("--reason") { Description = "Why; goes into the audit log.", Required = true };
        var row = new Option<string?>("--row") { Description = "With one SEQ: a file with the edited row, a JSON object." };
        var what = verb == "release" ? "Judge rows by the present contract, and let in those that pass." : "Decide that rows will not go in.";
        var command = new Command(verb, what) { source, seqs, rule, all, reason };
        if (verb == "release")
        {
            command.Options.Add(row);
        }

        runner.Set(command, async (context, cancellation) =>
        {
            var body = new JsonObject { ["reason"] = context.Parsed.GetValue(reason) };
            var named = context.Parsed.GetValue(seqs) ?? [];
            if (verb == "release" && context.Parsed.GetValue(row) is { } file)
            {
                body["rows"] = new JsonArray(new JsonObject { ["seq"] = One(named), ["row"] = ReadRow(file) });
            }
            else
            {
                body["seqs"] = new JsonArray([.. named.Select(s => (JsonNode)s)]);
            }

            if (context.Parsed.GetValue(rule) is { } name)
            {
                body["rule"] = name;
            }

            body["all"] = context.Parsed.GetValue(all);
            var document = await DecideAllAsync(context, $"{Path(context, source)}/{verb}", body, cancellation);
            return new CommandOutcome(document, console => ShowDecided(console, document), Ok: (int)document["failed"]! == 0);
        });
        return command;
    }

    /// <summary>A decision takes a bounded number of rows: goes on until all that meet the rule were looked at.</summary>
    private static async Task<JsonObject> DecideAllAsync(CommandContext context, string path, JsonObject body, CancellationToken cancellation)
    {
        var total = await context.PostAsync(path, (JsonObject)body.DeepClone(), cancellation);
        while (total["next"] is { } next)
        {
            body["after"] = next.DeepClone();
            var more = await context.PostAsync(path, (JsonObject)body.DeepClone(), cancellation);
            foreach (var count in (string[])["released", "duplicates", "discarded", "failed"])
            {
                total[count] = (long)total[count]! + (long)more[count]!;
            }

            foreach (var list in (string[])["rows", "reasons"])
            {
                foreach (var item in more[list]!.AsArray())
                {
                    total[list]!.AsArray().Add(item!.DeepClone());
                }
            }

            total["next"] = more["next"]?.DeepClone();
        }

        return total;
    }

    private static long One(long[] named) =>
        named.Length == 1 ? named[0] : throw new FlyballException(new Problem("FLY3150", "--row goes with one position.", Remedy: "Name the row that the file stands for."));

    private static JsonNode ReadRow(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw Broken(file, null);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Broken(file, e);
        }
    }

    private static FlyballException Broken(string file, Exception? inner) =>
        new(new Problem("FLY3151", "The file of the edited row cannot be read, or is no JSON object.", new ProblemLocation(file)), inner);

    private static string Path(CommandContext context, Argument<string> source) => $"/v1/quarantine/{Uri.EscapeDataString(context.Parsed.GetValue(source)!)}";

    private static void ShowList(IAnsiConsole console, JsonObject document)
    {
        var rows = new JsonArray();
        foreach (var row in document["rows"]!.AsArray().OfType<JsonObject>())
        {
            rows.Add((JsonNode)new JsonObject
            {
                ["seq"] = row["seq"]!.DeepClone(),
                ["state"] = row["state"]!.DeepClone(),
                ["at"] = row["at"]!.DeepClone(),
                ["caller"] = row["caller"]!.DeepClone(),
                ["code"] = row["errors"]?[0]?["code"]?.DeepClone(),
                ["reason"] = row["errors"]?[0]?["message"]?.DeepClone(),
            });
        }

        console.Write(ResourceTable.Of(rows, "seq", "state", "at", "caller", "code", "reason"));
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{document["total"]?.ToJsonString()} rows of {document["source"]?.GetValue<string>()} are {document["state"]?.GetValue<string>()}.");
    }

    private static void ShowDecided(IAnsiConsole console, JsonObject document)
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Released {document["released"]}, there already {document["duplicates"]}, discarded {document["discarded"]}; {document["failed"]} stay."));
        foreach (var reason in document["reasons"]!.AsArray().Take(10))
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reason!["seq"]}: {reason["errors"]?[0]?["code"]} {reason["errors"]?[0]?["message"]}"));
        }
    }
}

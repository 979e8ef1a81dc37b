using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball ingest holds list|show|release|discard</c>: batches that a rule holds, which wait for a person.</summary>
internal static class IngestHoldsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var source = new Argument<string>("SOURCE") { Description = "The source." };
        return new Command("holds", "Look at held batches, and decide about them.")
        {
            List(runner, source), Show(runner, source), Decide(runner, source, "release", "Let a held batch in."), Decide(runner, source, "discard", "Decide that a held batch will not go in."),
        };
    }

    private static Command List(CommandRunner runner, Argument<string> source)
    {
        var state = new Option<string>("--state") { Description = "open, releasing, released, discarded or all.", DefaultValueFactory = _ => "open" };
        state.AcceptOnlyFromAmong("open", "releasing", "released", "discarded", "all");
        var command = new Command("list", "List held batches, oldest first.") { source, state };
        runner.Set(command, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"{Path(context, source)}?state={context.Parsed.GetValue(state)}", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["batches"]!, "batch", "state", "at", "caller", "rows", "findings")));
        });
        return command;
    }

    private static Command Show(CommandRunner runner, Argument<string> source)
    {
        var batch = new Argument<string>("BATCH") { Description = "The batch's name." };
        var after = new Option<long>("--after") { Description = "Show rows after this position." };
        var limit = new Option<int>("--limit") { Description = "How many rows to show.", DefaultValueFactory = _ => 10 };
        var command = new Command("show", "Show one held batch: why it is held, what was decided, its rows.") { source, batch, after, limit };
        runner.Set(command, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"{Path(context, source)}/{Uri.EscapeDataString(context.Parsed.GetValue(batch)!)}?after={context.Parsed.GetValue(after)}&limit={context.Parsed.GetValue(limit)}"), cancellation);
            return new CommandOutcome(document, console => console.WriteLine(document.ToJsonString(new JsonSerializerOptions { WriteIndented = true })));
        });
        return command;
    }

    private static Command Decide(CommandRunner runner, Argument<string> source, string verb, string what)
    {
        var batch = new Argument<string>("BATCH") { Description = "The batch's name." };
        var reason = new Option<string>("--reason") { Description = "Why; goes into the audit log.", Required = true };
        var command = new Command(verb, what) { source, batch, reason };
        runner.Set(command, async (context, cancellation) =>
        {
            var document = await context.PostAsync(
                $"{Path(context, source)}/{Uri.EscapeDataString(context.Parsed.GetValue(batch)!)}/{verb}", new JsonObject { ["reason"] = context.Parsed.GetValue(reason) }, cancellation);
            return new CommandOutcome(document, console => console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{document["batch"]} is {document["state"]}: {document["released"]} rows in, {document["quarantined"]} in quarantine, {document["discarded"]} discarded.")));
        });
        return command;
    }

    private static string Path(CommandContext context, Argument<string> source) => $"/v1/holds/{Uri.EscapeDataString(context.Parsed.GetValue(source)!)}";
}

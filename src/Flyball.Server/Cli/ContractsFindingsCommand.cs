using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts findings SOURCE</c>: what rules and statistics said of its batches.</summary>
internal static class ContractsFindingsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var source = new Argument<string>("SOURCE") { Description = "The source, as its contract names it." };
        var after = new Option<long>("--after") { Description = "Only findings after this position of the log." };
        var limit = new Option<int>("--limit") { Description = "At most as many batches.", DefaultValueFactory = _ => 100 };
        var command = new Command("findings", "List what rules and statistics said of the batches of a source, oldest first.") { source, after, limit };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?after={context.Parsed.GetValue(after)}&limit={context.Parsed.GetValue(limit)}");
            var document = await context.Client.GetAsync($"/v1/contracts/{Uri.EscapeDataString(context.Parsed.GetValue(source)!)}/findings{query}", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of(Flat((JsonArray)document["batches"]!), "at", "rows", "rule", "outcome", "severity", "message")));
        });
        return command;
    }

    /// <summary>One row a finding, each with its batch.</summary>
    private static JsonArray Flat(JsonArray batches)
    {
        var rows = new JsonArray();
        foreach (var batch in batches.OfType<JsonObject>())
        {
            foreach (var finding in batch["findings"]!.AsArray().OfType<JsonObject>())
            {
                var row = (JsonObject)finding.DeepClone();
                row["at"] = batch["at"]!.DeepClone();
                row["rows"] = batch["rows"]!.DeepClone();
                rows.Add((JsonNode)row);
            }
        }

        return rows;
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball audit list|verify</c>.</summary>
internal static class AuditCommand
{
    public static Command Create(SharedOptions shared)
    {
        var runner = new CommandRunner(shared);
        var from = new Option<long>("--from") { Description = "First entry, counted from 0." };
        var list = new Command("list", "List audit entries.") { from };
        runner.Set(list, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync($"/v1/audit?from={context.Parsed.GetValue(from)}&count=100", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["entries"]!, "index", "time", "actor", "action", "object_id", "decision", "reason")));
        });
        var verify = new Command("verify", "Verify the whole audit log: entries, tree and signature.");
        runner.Set(verify, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync("/v1/audit/verify", cancellation);
            var verified = document["verified"]!.GetValue<bool>();
            return new CommandOutcome(
                document,
                console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{document["entries"]!.ToJsonString()} entries: {(verified ? "verified" : document["difference"]?.GetValue<string>())}"),
                verified);
        });
        return new Command("audit", "Read and verify the audit log.") { list, verify };
    }
}

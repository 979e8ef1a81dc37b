using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Native.Loading;
using Flyball.Server.Tables;
using Flyball.Storage.DataDirectories;

namespace Flyball.Server.Cli;

/// <summary><c>flyball doctor</c>: what this machine has of what Flyball needs.</summary>
internal static class DoctorCommand
{
    public static Command Create(SharedOptions shared)
    {
        var command = new Command("doctor", "Check the machine: native libraries, data directory, runtime.");
        new CommandRunner(shared).SetLocal(command, (parsed, _, _) =>
        {
            var checks = new JsonArray();
            var good = true;
            foreach (var library in NativeLibraries.Names)
            {
                good &= Check(checks, library, () => NativeLibraries.Require(library));
            }

            var data = shared.DataOf(parsed);
            checks.Add((JsonNode)new JsonObject
            {
                ["check"] = "data directory",
                ["ok"] = true,
                ["detail"] = DataDirectory.TryReadHolder(data) is { } holder ? $"{data}: in use by process {holder.ProcessId} at {holder.Url}" : $"{data}: free",
            });
            checks.Add((JsonNode)new JsonObject { ["check"] = "runtime", ["ok"] = true, ["detail"] = $".NET {Environment.Version}, {Environment.ProcessorCount} cores" });
            return Task.FromResult(new CommandOutcome(new JsonObject { ["ok"] = good, ["checks"] = checks }, console => console.Write(ResourceTable.Of(checks, "check", "ok", "detail")), good));
        });
        return command;
    }

    private static bool Check(JsonArray checks, string name, Action check)
    {
        try
        {
            check();
            checks.Add((JsonNode)new JsonObject { ["check"] = name, ["ok"] = true, ["detail"] = "loads" });
            return true;
        }
        catch (NativeLibraryException e)
        {
            checks.Add((JsonNode)new JsonObject { ["check"] = name, ["ok"] = false, ["detail"] = e.Message });
            return false;
        }
    }
}

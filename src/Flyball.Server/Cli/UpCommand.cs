using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Hosting;

namespace Flyball.Server.Cli;

/// <summary><c>flyball up</c>: runs the server until it is told to stop.</summary>
internal static class UpCommand
{
    public static Command Create(SharedOptions shared)
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen; without keys on loopback only.", DefaultValueFactory = _ => FlyballHostOptions.DefaultUrls };
        var keys = new Option<string?>("--keys") { Description = "A keys file: callers then need a key, and other machines may call.", HelpName = "FILE" };
        var command = new Command("up", "Run the server for a project folder.") { urls, keys };
        new CommandRunner(shared).SetLocal(command, async (parsed, console, cancellation) =>
        {
            var started = TimeProvider.System.GetTimestamp();
            await using var host = await FlyballHost.StartAsync(
                new FlyballHostOptions { Project = shared.ProjectOf(parsed), Data = shared.DataOf(parsed), Urls = parsed.GetValue(urls)!, KeysFile = parsed.GetValue(keys) },
                cancellation);
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"Flyball is ready at {host.Address} after {seconds:F2} s: {shared.ProjectOf(parsed)}, data in {shared.DataOf(parsed)}. Ctrl+C stops it."));
            await host.WaitForShutdownAsync(cancellation);
            return new CommandOutcome(new JsonObject { ["stopped"] = true });
        });
        return command;
    }
}

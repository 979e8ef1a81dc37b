using System.Runtime.InteropServices;
using Flyball.Server.Hosting;

namespace Flyball.Benchmarks.Serving;

/// <summary>The server inside this program, for what its command line has no option: loops that do not run.</summary>
internal static class HostedProgram
{
    /// <param name="arguments">Project, data directory, and <c>on</c> or <c>off</c> for the loops.</param>
    public static async Task Run(string[] arguments)
    {
        var ended = new TaskCompletionSource();
        using var stop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            ended.TrySetResult();
        });
        var options = new FlyballHostOptions { Project = arguments[0], Data = arguments[1], Urls = "http://127.0.0.1:0", BackgroundLoops = arguments[2] == "on" };
        await using var host = await FlyballHost.StartAsync(options, CancellationToken.None);
        await Console.Error.WriteLineAsync($"ready at {host.Address} ");
        await ended.Task;
    }
}

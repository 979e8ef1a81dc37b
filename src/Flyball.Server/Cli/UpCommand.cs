using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Server.Hosting;
using Flyball.Server.Operations;
using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Cli;

/// <summary><c>flyball up</c>: runs the server until it is told to stop.</summary>
internal static class UpCommand
{
    private const long LongestDrain = 60_000_000;

    public static Command Create(SharedOptions shared)
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen; without keys on loopback only.", DefaultValueFactory = _ => FlyballHostOptions.DefaultUrls };
        var keys = new Option<string?>("--keys") { Description = "A keys file: callers then need a key, and other machines may call.", HelpName = "FILE" };
        var grpc = new Option<string?>("--grpc-urls") { Description = "Where to listen for gRPC (Open Inference Protocol), such as http://127.0.0.1:7879; nowhere unless given.", HelpName = "URL" };
        var near = new Option<bool>("--allow-private-webhooks") { Description = "Let webhooks go to this machine and to private networks." };
        var drain = new Option<string?>("--drain") { Description = "How long to go on answering when told to stop, up to 60s, with health saying so. Default: 0s on loopback without keys, else 5s.", HelpName = "TIME" };
        var otlp = new Option<string?>("--otlp-endpoint") { Description = "Send traces to a collector over OTLP/HTTP, such as http://127.0.0.1:4318; nowhere unless given.", HelpName = "URL" };
        var format = new Option<string>("--log-format") { Description = "Log records on standard error as text, or as a line of json each.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var command = new Command("up", "Run the server for a project folder.") { urls, grpc, keys, near, drain, otlp, format };
        new CommandRunner(shared).SetLocal(command, async (parsed, console, cancellation) =>
        {
            var options = new FlyballHostOptions
            {
                Project = shared.ProjectOf(parsed),
                Data = shared.DataOf(parsed),
                Urls = parsed.GetValue(urls)!,
                GrpcUrls = parsed.GetValue(grpc),
                KeysFile = parsed.GetValue(keys),
                AllowPrivateWebhooks = parsed.GetValue(near),
                FolderMustBeGood = false,
                RestartsOnApply = true,
                Drain = DrainOf(parsed.GetValue(drain)),
                JsonLogs = parsed.GetValue(format) == "json",
            };
            using var traces = EndpointOf(parsed.GetValue(otlp)) is { } collector ? TraceExport.Start(collector, MetadataWriter.ServerVersion) : null;
            while (await ServeAsync(options, (web, calls) => options = options with { Urls = web ?? options.Urls, GrpcUrls = calls ?? options.GrpcUrls }, cancellation))
            {
                // An apply wants the definitions that it recorded: the next host stands at the address of this one.
            }

            return new CommandOutcome(new JsonObject { ["stopped"] = true });
        });
        return command;
    }

    /// <summary>Runs one host to its end.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="listens">Told where it listens when a port was free, to HTTP/1.1 and to gRPC: it is kept.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>True when another should follow it.</returns>
    private static async Task<bool> ServeAsync(FlyballHostOptions options, Action<string?, string?> listens, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var host = await FlyballHost.StartAsync(options, cancellation);

        // The start reads much that nothing needs afterwards, some thirty megabytes with ten models: given back at once, in one pause, and not under load.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        listens(IsFree(options.Urls) ? Kept(host.Address) : null, IsFree(options.GrpcUrls) ? Kept(host.GrpcAddress!) : null);

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        if (options.JsonLogs)
        {
            HostLog.Ready(host.Services.GetRequiredService<ILogger<FlyballHost>>(), host.Address, Math.Round(seconds, 2));
            return await host.WaitForShutdownAsync(cancellation);
        }

        await Console.Error.WriteLineAsync(FormattableString.Invariant($"Flyball is ready at {host.Address}{(host.GrpcAddress is { } grpc ? $" (gRPC at {grpc})" : "")} after {seconds:F2} s: {options.Project}, data in {options.Data}. Ctrl+C stops it."));
        return await host.WaitForShutdownAsync(cancellation);
    }

    /// <exception cref="FlyballException">FLY3936: it is no time, or more than a minute.</exception>
    private static TimeSpan? DrainOf(string? text) => text is null ? null
        : DurationText.TryParse(text, out var micros) && micros is >= 0 and <= LongestDrain ? TimeSpan.FromMicroseconds(micros)
        : throw new FlyballException(new Problem("FLY3936", "--drain takes a time up to 60s.", new ProblemLocation(Field: "--drain"), "Write it as 10s."));

    /// <exception cref="FlyballException">FLY3937: it is no address of HTTP.</exception>
    private static Uri? EndpointOf(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https" ? endpoint
        : throw new FlyballException(new Problem("FLY3937", "--otlp-endpoint takes an http or https address.", new ProblemLocation(Field: "--otlp-endpoint"), "Write it as http://127.0.0.1:4318."));

    private static bool IsFree(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var asked) && asked.Port == 0;

    private static string Kept(Uri address) => address.GetLeftPart(UriPartial.Authority);
}

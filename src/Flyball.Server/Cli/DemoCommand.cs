using System.CommandLine;
using System.Globalization;
using Flyball.Client;
using Flyball.Engine.Problems;
using Flyball.Server.Demo;
using Flyball.Server.Hosting;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball demo</c>: plays the whole loop on the fraud example and leaves the server running.</summary>
internal static class DemoCommand
{
    public const string Name = "demo";

    public static Command Create(SharedOptions shared)
    {
        var once = new Option<bool>("--once") { Description = "End after the story instead of leaving the server running." };
        var files = new Option<string?>("--data") { Description = "Folder with transactions.csv.gz and fraud_reports.csv.gz; without it the data is simulated.", HelpName = "DIR" };
        var directory = new Option<string?>("--data-dir") { Description = "An empty data directory to keep; without it a temporary one.", HelpName = "DIR" };
        var urls = new Option<string?>("--urls") { Description = $"Where to listen. Default: {FlyballHostOptions.DefaultUrls}, with --once a free port." };
        var command = new Command(Name, "Play the whole loop on the fraud example: gate, training, serving, drift, retraining, canary, rollback, audit.") { once, files, directory, urls };
        new CommandRunner(shared).SetLocal(command, async (parsed, console, cancellation) =>
        {
            var temporary = parsed.GetValue(directory) is null;
            var data = parsed.GetValue(directory) ?? Path.Combine(Path.GetTempPath(), $"flyball-demo-{Environment.ProcessId}");
            if (Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any())
            {
                throw new FlyballException(new Problem("FLY3013", "The demo needs an empty data directory.", new ProblemLocation(data)));
            }

            var options = new DemoOptions(
                ExampleFolder(parsed.GetValue(shared.Project)!), data, parsed.GetValue(files), parsed.GetValue(urls) ?? (parsed.GetValue(once) ? "http://127.0.0.1:0" : FlyballHostOptions.DefaultUrls));
            try
            {
                return await PlayAsync(options, console, !parsed.GetValue(once), cancellation);
            }
            finally
            {
                if (temporary && Directory.Exists(data))
                {
                    Directory.Delete(data, recursive: true);
                }
            }
        });
        return command;
    }

    private static async Task<CommandOutcome> PlayAsync(DemoOptions options, IAnsiConsole console, bool stay, CancellationToken cancellation)
    {
        var findings = new DemoFindings();
        var telling = new DemoTelling(console, findings, TimeProvider.System);
        var data = DemoData.Load(options.Files);
        telling.Title("Flyball demo: card fraud, 183 days in a minute or two", $"{data.Transactions.Count} transactions and {data.Reports.Count} late fraud reports, {data.Origin}; the server's clock follows the data");
        var clock = new ReplayClock(data.Day(DemoOptions.HistoryDays));
        await using var host = await FlyballHost.StartAsync(
            new FlyballHostOptions { Project = options.Project, Data = options.Data, Urls = options.Urls, Time = clock, BackgroundLoops = false }, cancellation);
        using var http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromMinutes(10) };
        try
        {
            await new DemoStory(data, host, new FlyballClient(http), clock, telling, findings).PlayAsync(cancellation);
        }
        catch (Exception e) when (e is DemoFailedException or FlyballProblemException or FlyballException or HttpRequestException)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]The story ended early:[/] {e.Message}");
        }

        if (stay && findings.Ok)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]The server is still running at {host.Address}[/]: try [bold]curl {host.Address}v1/models[/]. Ctrl+C ends it.");
            await host.WaitForShutdownAsync(cancellation);
        }

        return new CommandOutcome(findings.ToDocument(), Ok: findings.Ok);
    }

    /// <summary>The given project when it is one, else the example that comes with the program.</summary>
    private static string ExampleFolder(string project)
    {
        if (File.Exists(Path.Combine(project, "flyball.yaml")))
        {
            return Path.GetFullPath(project);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "examples", "fraud");
            if (File.Exists(Path.Combine(candidate, "flyball.yaml")))
            {
                return candidate;
            }
        }

        throw new FlyballException(new Problem("FLY3014", "The example project is not beside the program.", Remedy: "Name it with --project."));
    }
}

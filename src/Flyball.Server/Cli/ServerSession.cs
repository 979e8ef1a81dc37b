using System.Globalization;
using Flyball.Access;
using Flyball.Client;
using Flyball.Engine.Problems;
using Flyball.Server.Hosting;
using Flyball.Storage.DataDirectories;

namespace Flyball.Server.Cli;

/// <summary>
/// A connection for one command: to the server that holds the data directory, or, when none does, to one started inside this process on
/// a free loopback port. Either way a command goes through the same routes as every other caller.
/// </summary>
internal sealed class ServerSession : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly FlyballHost? own;
    private readonly HttpClient http;

    private ServerSession(FlyballHost? own, HttpClient http)
    {
        this.own = own;
        this.http = http;
        Client = new FlyballClient(http);
    }

    public FlyballClient Client { get; }

    /// <param name="appliesFolder">Whether a server started for this command may apply the folder by itself.</param>
    public static async Task<ServerSession> ConnectAsync(string project, string data, string? actor, bool appliesFolder, CancellationToken cancellation)
    {
        FlyballHost? started = null;
        Uri address;
        if (await HolderAsync(data, cancellation) is { Url: { } url })
        {
            address = new Uri(url);
        }
        else
        {
            started = await FlyballHost.StartAsync(new FlyballHostOptions { Project = project, Data = data, Urls = "http://127.0.0.1:0", BackgroundLoops = false, AppliesFolder = appliesFolder }, cancellation);
            address = started.Address;
        }

        var connection = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (actor is not null)
        {
            connection.DefaultRequestHeaders.Add(AccessMiddleware.ActorHeader, actor);
        }

        if (Environment.GetEnvironmentVariable("FLYBALL_KEY") is { Length: > 0 } key)
        {
            connection.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return new ServerSession(started, connection);
    }

    /// <summary>Who holds the data directory; one that is starting is waited for, as long as it runs and not for ever.</summary>
    private static async Task<DataDirectoryHolder?> HolderAsync(string data, CancellationToken cancellation)
    {
        var holder = await new HolderSearch(TimeProvider.System, Longest).FindAsync(
            data,
            found => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"flyball: process {found.ProcessId} has the data directory and is starting; waiting until it answers.")),
            cancellation);
        return holder is not { Url: null } ? holder : throw new FlyballException(new Problem(
            "FLY1276",
            string.Create(CultureInfo.InvariantCulture, $"Process {holder.ProcessId} has the data directory, and did not say within {Longest.TotalSeconds} s where it answers."),
            new ProblemLocation(data),
            "Wait until flyball up says that it listens, and ask again; or stop that process."));
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (own is not null)
        {
            await own.DisposeAsync();
        }
    }
}

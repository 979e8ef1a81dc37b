using Flyball.Access;
using Flyball.Client;
using Flyball.Server.Hosting;
using Flyball.Storage.DataDirectories;

namespace Flyball.Server.Cli;

/// <summary>
/// A connection for one command: to the server that holds the data directory, or, when none does, to one started inside this process on
/// a free loopback port. Either way a command goes through the same routes as every other caller.
/// </summary>
internal sealed class ServerSession : IAsyncDisposable
{
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
        if (DataDirectory.TryReadHolder(data) is { Url: { } url })
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

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (own is not null)
        {
            await own.DisposeAsync();
        }
    }
}

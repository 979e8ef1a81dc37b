using System.Text.Json;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Server.Hosting;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Access;

/// <summary>The real server on a free port of this machine, with the fraud example and a data directory of its own.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly FraudProject project;

    private ServerFixture(FraudProject project, FlyballHost host)
    {
        this.project = project;
        Host = host;
        Client = new HttpClient { BaseAddress = host.Address };
    }

    public FlyballHost Host { get; }

    public HttpClient Client { get; }

    /// <param name="keys">Texts of keys with what they permit; none for a server without keys.</param>
    public static async Task<ServerFixture> StartAsync(params (string Key, Permission[] Permissions)[] keys) =>
        await StartAsync("http://127.0.0.1:0", keys);

    public static async Task<ServerFixture> StartAsync(string urls, params (string Key, Permission[] Permissions)[] keys)
    {
        var copy = new FraudProject();
        try
        {
            var host = await FlyballHost.StartAsync(
                new FlyballHostOptions { Project = copy.Folder, Data = copy["data"], Urls = urls, BackgroundLoops = false, KeysFile = Write(copy["keys.json"], keys) },
                TestContext.Current.CancellationToken);
            return new ServerFixture(copy, host);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        project.Dispose();
    }

    private static string? Write(string path, (string Key, Permission[] Permissions)[] keys)
    {
        if (keys.Length == 0)
        {
            return null;
        }

        var entries = keys.Select((k, i) => new { name = $"key-{i}", sha256 = Digest.Of(k.Key).Hex, permissions = k.Permissions.Select(p => p.ToString()) });
        File.WriteAllText(path, JsonSerializer.Serialize(entries));
        return path;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Server.Hosting;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Governance.Applied;

/// <summary>The real server on the fraud example, that can be stopped and started while its folder changes.</summary>
internal sealed class AppliedWorld : IAsyncDisposable
{
    private HttpClient? client;

    public FraudProject Project { get; } = new();

    public FlyballHost? Host { get; private set; }

    public async Task StartAsync(bool folderMustBeGood = true, bool appliesFolder = true, bool restarts = false)
    {
        await StopAsync();
        var options = new FlyballHostOptions
        {
            Project = Project.Folder,
            Data = Project["data"],
            Urls = "http://127.0.0.1:0",
            BackgroundLoops = false,
            FolderMustBeGood = folderMustBeGood,
            AppliesFolder = appliesFolder,
            RestartsOnApply = restarts,
        };
        Host = await FlyballHost.StartAsync(options, TestContext.Current.CancellationToken);
        client = new HttpClient { BaseAddress = Host.Address };
    }

    public async Task<JsonObject> GetAsync(string path) => (await client!.GetFromJsonAsync<JsonObject>(path, TestContext.Current.CancellationToken))!;

    public async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client!.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    /// <summary>The version of a contract that runs.</summary>
    public async Task<string> VersionAsync(string source = "transactions") => (string)(await GetAsync($"/v1/contracts/{source}"))["version"]!;

    public async Task StopAsync()
    {
        client?.Dispose();
        client = null;
        if (Host is not null)
        {
            await Host.DisposeAsync();
            Host = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Project.Dispose();
    }
}

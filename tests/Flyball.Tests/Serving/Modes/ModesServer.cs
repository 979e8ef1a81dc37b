using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Time;
using Flyball.Registry.Webhooks;
using Flyball.Server.Hosting;
using Flyball.Serving;
using Flyball.Serving.Deferred;
using Flyball.Serving.Streams;
using Flyball.Tests.Time;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flyball.Tests.Serving.Modes;

/// <summary>
/// The real server over one data directory, stopped and started as often as a test likes. Its loops stand still: a test does their steps. A version's
/// score rises with the amount, by its number.
/// </summary>
internal sealed class ModesServer : IAsyncDisposable
{
    public const string Model = "fraud";

    private readonly FraudProject project;
    private readonly List<ServedVersion> loaded = [];
    private FlyballHost? host;

    /// <param name="serve">Lines below <c>serve:</c>.</param>
    private ModesServer(string serve) => project = new FraudProject()
        .Replace("models/fraud.yaml", "[ \"transaction.*\", \"customer_activity.*\", \"terminal_risk.*\" ]", "[ transaction.amount, customer_activity.count_7d ]")
        .Replace("models/fraud.yaml", "  fallback: [ previous-version, { rule: \"if(amount > 200, 0.6, 0.05)\" } ]\n", "  fallback: [ previous-version ]\n" + serve);

    public ManualTimeProvider Time { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => host!.Services;

    public FlyballHost Host => host!;

    public PredictionDesk Desk => Services.GetRequiredService<PredictionDesk>();

    public TrafficPlan Plan => Desk.PlanFor(Model)!;

    public static async Task<ModesServer> StartAsync(string serve = "", int version = 2)
    {
        var server = new ModesServer(serve);
        await server.RestartAsync(version);
        return server;
    }

    /// <summary>Ends the process as far as anybody can tell, and starts another one.</summary>
    /// <param name="version">The champion afterwards; null for none.</param>
    public async Task RestartAsync(int? version = 2)
    {
        await StopAsync();
        host = await FlyballHost.StartAsync(
            new FlyballHostOptions { Project = project.Folder, Data = project["data"], Urls = "http://127.0.0.1:0", BackgroundLoops = false, Time = Time, AllowPrivateWebhooks = true },
            TestContext.Current.CancellationToken);
        Client = new HttpClient { BaseAddress = host.Address };
        if (version is { } number)
        {
            Promote(number);
        }
    }

    public void Promote(int number)
    {
        var plan = Services.GetRequiredService<ActiveProject>().Current;
        var version = VersionLoader.Load(LinearBundle.Of(plan.Models[Model], number, number * 0.001f), number, plan);
        loaded.Add(version);
        Services.GetRequiredService<TrafficPlans>().Swap(new TrafficPlan(Model, version));
    }

    public Task<int> PumpJobsAsync() => Services.GetRequiredService<DeferredWorker>().PumpAsync(TestContext.Current.CancellationToken);

    public Task<int> PumpStreamsAsync() => Services.GetRequiredService<PredictionStreams>().PumpAsync(NullLogger.Instance, TestContext.Current.CancellationToken);

    public Task<int> PumpWebhooksAsync() => Services.GetRequiredService<WebhookDelivery>().PumpAsync(TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<PredictionRecord>> LoggedAsync()
    {
        await Host.Workspace.Predictions.FlushAsync();
        return [.. LoggedPredictions.Between(Host.Workspace.Predictions, default, Host.Workspace.Predictions.Durable, TestContext.Current.CancellationToken).Select(p => p.Record)];
    }

    public static string Row(long id, decimal amount = 100, long customer = 1, int minute = 0) =>
        ProjectWorkspace.Payment(id, EventTime.From(new DateTimeOffset(2026, 3, 1, 11, 0, 0, TimeSpan.Zero).AddMinutes(minute)), customer, 1, amount);

    public async Task<HttpResponseMessage> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Asks for predictions later, and gives the job's id.</summary>
    public async Task<string> DeferAsync(string body, string query = "")
    {
        using var response = await PostAsync($"/v1/models/{Model}/predict?mode=async{query}", body);
        var answer = await JsonAsync(response);
        Assert.True(response.StatusCode == System.Net.HttpStatusCode.Accepted, answer.ToJsonString());
        return (string)answer["job_id"]!;
    }

    public async Task<JsonObject> JobAsync(string id) => await GetAsync($"/v1/predictions/jobs/{id}");

    public async Task<JsonObject> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await JsonAsync(response);
    }

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;

    public async Task IngestAsync(params IEnumerable<string> rows)
    {
        using var response = await PostAsync("/v1/events/transactions", $"[{string.Join(',', rows)}]");
        var report = await JsonAsync(response);
        Assert.True((int?)report["quarantined"] == 0, report.ToJsonString());
    }

    public static double Score(int version, double amount = 100) => 1 / (1 + Math.Exp(-version * 0.001 * amount));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        project.Dispose();
    }

    private async Task StopAsync()
    {
        Client?.Dispose();
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        loaded.ForEach(v => v.Scorer.Dispose());
        loaded.Clear();
    }
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Server.Hosting;
using Flyball.Serving;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Bundles;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>
/// The real server with two deployed models: <c>fraud</c>, whose score rises with the amount by its version's number, and <c>kinds</c>, which tells three
/// classes apart. The request contract has optional fields of every kind beside those of the example.
/// </summary>
public sealed class InferenceServer : IAsyncLifetime
{
    private const string Optional = """
              - { name: channel, logicalType: string, enum: [ web, pos ] }
              - { name: card_present, logicalType: boolean }
              - { name: born, logicalType: date }
              - name: tags
                logicalType: array
                items: { logicalType: string }
              - { name: note, logicalType: string, logicalTypeOptions: { maxLength: 20 } }
            quality:
        """;

    private readonly FraudProject project = new();
    private readonly List<ServedVersion> loaded = [];

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public FlyballHost Host { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Speaks HTTP/2 from the first byte on.</summary>
    public HttpClient Grpc { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        project
            .Replace("models/fraud.yaml", "[ \"transaction.*\", \"customer_activity.*\", \"terminal_risk.*\" ]", "[ transaction.amount, transaction.is_night, customer_activity.count_7d ]")
            .Replace("models/fraud.yaml", "timeout: 50ms", "timeout: 30s")
            .Replace("contracts/transactions.odcs.yaml", "    quality:\n", Optional + "\n");
        Host = await StartAsync(project, null);
        Client = new HttpClient { BaseAddress = Host.Address };
        Grpc = Http2(Host.GrpcAddress!);
        Deploy();
    }

    /// <summary>The plan that tests find: version 3 with the one before it.</summary>
    public void Deploy()
    {
        Swap(new TrafficPlan("fraud", Version(3), Version(2)));
        Swap(new TrafficPlan("kinds", Classes(1)));
    }

    public void Swap(TrafficPlan plan) => Host.Services.GetRequiredService<TrafficPlans>().Swap(plan);

    public ServedVersion Version(int number) => Load(LinearBundle.Of(Plan.Models["fraud"], number, number * 0.001f), number);

    public ServedVersion Broken(int number) => Load(LinearBundle.Of(Plan.Models["fraud"], number, float.NaN), number);

    public ServedVersion Classes(int number) => Load(ClassBundle.Of(Plan.Models["fraud"]), number);

    public static double Score(int version, double amount) => 1 / (1 + Math.Exp(-version * 0.001 * amount));

    public async Task<long> LoggedAsync()
    {
        await Host.Workspace.Predictions.FlushAsync();
        return Host.Workspace.Predictions.Durable.Seq;
    }

    public async Task<(int Status, JsonObject Answer)> InferAsync(string body, string path = "/v2/models/fraud/infer")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(HttpMethod.Post, path, content);
    }

    public async Task<(int Status, JsonObject Answer)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var response = await Client.SendAsync(request, Stop);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!.AsObject());
    }

    /// <summary>JSON with raw tensors behind it.</summary>
    public async Task<(int Status, string? HeaderLength, byte[] Body)> RawAsync(string json, byte[] raw, string? headerLength = null, string path = "/v2/models/fraud/infer")
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(json), .. raw]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", headerLength ?? Encoding.UTF8.GetByteCount(json).ToString(CultureInfo.InvariantCulture));
        using var response = await Client.PostAsync(new Uri(path, UriKind.Relative), content, Stop);
        return ((int)response.StatusCode, response.Headers.TryGetValues("Inference-Header-Content-Length", out var length) ? length.Single() : null, await response.Content.ReadAsByteArrayAsync(Stop));
    }

    internal static async Task<FlyballHost> StartAsync(FraudProject project, string? keys) => await FlyballHost.StartAsync(
        new FlyballHostOptions
        {
            Project = project.Folder,
            Data = project["data"],
            Urls = "http://127.0.0.1:0",
            GrpcUrls = "http://127.0.0.1:0",
            BackgroundLoops = false,
            KeysFile = keys,
        },
        Stop);

    internal static string Keys(FraudProject project, params (string Key, Permission[] Permissions)[] keys)
    {
        var entries = keys.Select((k, i) => new { name = $"key-{i}", sha256 = Digest.Of(k.Key).Hex, permissions = k.Permissions.Select(p => p.ToString()) });
        File.WriteAllText(project["keys.json"], JsonSerializer.Serialize(entries));
        return project["keys.json"];
    }

    internal static HttpClient Http2(Uri address) => new()
    {
        BaseAddress = address,
        DefaultRequestVersion = System.Net.HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Grpc.Dispose();
        await Host.DisposeAsync();
        foreach (var version in loaded)
        {
            version.Scorer.Dispose();
        }

        project.Dispose();
    }

    private ProjectPlan Plan => Host.Services.GetRequiredService<ActiveProject>().Current;

    private ServedVersion Load(ModelBundle bundle, int number)
    {
        var version = VersionLoader.Load(bundle, number, Plan);
        loaded.Add(version);
        return version;
    }
}

/// <summary>Test classes that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class InferenceTests : ICollectionFixture<InferenceServer>
{
    public const string Name = "inference";
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Registry;
using Flyball.Server.Hosting;
using Flyball.Tests.Training.Tasks;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Bundles;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Registry.Judging;

/// <summary>
/// The real server over a project of two models, with rows to judge on, and requests as a client of MLflow sends them. The booster that is logged was
/// trained on the same rows, elsewhere.
/// </summary>
public sealed class JudgeServer : IAsyncLifetime
{
    private const string Mlflow = "/api/2.0/mlflow";
    private const int Rows = 600;

    private const string View = """
        view: person
        inputs: people
        features:
          x: x
          n: n
          big: x > 0.5
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-judge-").FullName;
    private readonly Dictionary<string, string> roots = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Project => Path.Combine(folder, "project");

    public string Data => Path.Combine(folder, "data");

    public FlyballHost Host { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>XGBoost's JSON.</summary>
    public byte[] Booster { get; private set; } = [];

    /// <summary>A logged model's description, of a booster whose file is <c>model.json</c>.</summary>
    public static byte[] Described(string flavor = "xgboost", string data = "model.json", params string[] columns) => Encoding.UTF8.GetBytes($$"""
        artifact_path: model
        flavors:
          {{flavor}}:
            code: null
            data: {{data}}
          python_function:
            data: {{data}}
            loader_module: mlflow.{{flavor}}
            env: { conda: conda.yaml, virtualenv: python_env.yaml }
        mlflow_version: 2.22.0
        signature:
          inputs: '{{JsonSerializer.Serialize(columns.Select(c => new { type = "double", name = c, required = true }))}}'
          outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1]} }]'
          params: null
        utc_time_created: '2026-03-01 12:00:00.000000'
        """);

    public static string ModelFile(string name) => TaskWorld.ModelFile("binary-classification", "value: left, positive: \"Yes\"", $$"""
        owner: team@example.com
        risk: high
        {{TaskWorld.Stratified}}
        {{TaskWorld.Trees()}}
        decide: { call: "score >= 0.5", none: "otherwise" }
        gates:
          - roc_auc >= 0.7
          - latency_p99 <= 1000ms
        """).Replace("model: m\n", $"model: {name}\n", StringComparison.Ordinal);

    public async ValueTask InitializeAsync()
    {
        await using (var elsewhere = await TaskWorld.OpenAsync(ModelFile("m"), Rows, View))
        {
            Booster = elsewhere.Train().Bundle[ModelBundle.XGBoostName].ToArray();
        }

        WriteProject(Project);
        Host = await StartAsync(Project, Data);
        Client = new HttpClient { BaseAddress = Host.Address };
        var lines = string.Join('\n', Enumerable.Range(0, Rows).Select(i => TaskWorld.Row(i)));
        var (status, answer) = await SendAsync(HttpMethod.Post, "/v1/events/people", lines, type: "application/x-ndjson");
        Assert.True(status == 200 && answer["accepted"]!.GetValue<int>() == Rows, answer.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Another installation with the same project and no rows.</summary>
    public async Task<(FlyballHost Host, string Data)> ElsewhereAsync()
    {
        var data = Path.Combine(folder, $"elsewhere-{roots.Count}");
        return (await StartAsync(Project, data), data);
    }

    public string FileNamed(string name) => Path.Combine(folder, name);

    /// <summary>Logs files under a run's <c>model/</c> and registers a version of them.</summary>
    /// <returns>The version's number.</returns>
    public async Task<int> LogAsync(string model, params (string Path, byte[] Content)[] files)
    {
        await SendAsync(HttpMethod.Post, $"{Mlflow}/registered-models/create", new { name = model }, "ann");
        var run = (await GoodAsync(HttpMethod.Post, $"{Mlflow}/runs/create", new { experiment_id = "0", user_id = "ann", start_time = 1 }, "ann"))["run"]!["info"]!;
        var root = run["artifact_uri"]!.GetValue<string>() + "/model";
        foreach (var (path, content) in files)
        {
            using var body = new ByteArrayContent(content);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var put = await Client.PutAsync(new Uri(FileOf($"{root}/{path}"), UriKind.Relative), body, Stop);
            put.EnsureSuccessStatusCode();
        }

        var version = (await GoodAsync(HttpMethod.Post, $"{Mlflow}/model-versions/create", new { name = model, source = root, run_id = run["run_id"]!.GetValue<string>() }, "ann"))["model_version"]!;
        return int.Parse(version["version"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The booster with what MLflow writes beside it.</summary>
    public Task<int> LogBoosterAsync(string model) => LogAsync(model, ("MLmodel", Described(columns: ["x", "n", "big"])), ("model.json", Booster), ("requirements.txt", "xgboost"u8.ToArray()));

    /// <summary>Registers a small bundle that passes on made-up rows, and approves it: a version to stand beside those that were logged.</summary>
    public async Task<int> BundleAsync(string model, int number)
    {
        var registry = Host.Services.GetRequiredService<ModelRegistry>();
        var plan = Host.Services.GetRequiredService<ActiveProject>().Current.Models[model];
        var evaluation = RegistryFixture.Evaluation(0.9, championDigest: registry.Champion(model)?.Digest.Hex);
        var made = await registry.RegisterBundleAsync(plan, LinearBundle.Of(plan, number, 0.01f), evaluation, Caller.Local("ann"), Stop);
        Assert.True((await registry.ApproveAsync(model, made.Version!.Version, Caller.Local("bob"), "its latency was not measured", overrideGates: true, Stop)).Ok);
        return made.Version.Version;
    }

    public static string FileOf(string uri) => "/api/2.0/mlflow-artifacts/artifacts/" + uri["mlflow-artifacts:/".Length..];

    public async Task<JsonObject> GoodAsync(HttpMethod method, string path, object? body = null, string? actor = null)
    {
        var (status, answer) = await SendAsync(method, path, body, actor);
        Assert.True(status == 200, $"{method} {path}: {status} {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>The status and the codes of a refusal.</summary>
    public async Task<(int Status, string Codes, string Text)> RefusedAsync(HttpMethod method, string path, object? body = null, string? actor = null)
    {
        var (status, answer) = await SendAsync(method, path, body, actor);
        var codes = (answer["errors"] as JsonArray ?? []).Select(e => e!["code"]!.GetValue<string>()).Distinct();
        return (status, string.Join(' ', codes), answer.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    public async Task<(int Status, JsonObject Answer)> SendAsync(HttpMethod method, string path, object? body = null, string? actor = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (actor is not null)
        {
            request.Headers.Add(AccessMiddleware.ActorHeader, actor);
        }

        if (body is not null || method == HttpMethod.Post)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body ?? new { }), Encoding.UTF8, type);
        }

        using var response = await Client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : new JsonObject { ["text"] = text });
    }

    private static Task<FlyballHost> StartAsync(string project, string data) =>
        FlyballHost.StartAsync(new FlyballHostOptions { Project = project, Data = data, Urls = "http://127.0.0.1:0", BackgroundLoops = false }, Stop);

    private static void WriteProject(string project)
    {
        Write("flyball.yaml", "name: people\n");
        Write("contracts/people.odcs.yaml", TaskWorld.Contract);
        Write("features/person.yaml", View);
        Write("models/m.yaml", ModelFile("m"));
        Write("models/c.yaml", ModelFile("c"));

        void Write(string path, string text)
        {
            var target = Path.Combine(project, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text);
        }
    }
}

/// <summary>Test classes that share the server. One of them reads what the program prints, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class JudgeTests : ICollectionFixture<JudgeServer>
{
    public const string Name = "judge";
}

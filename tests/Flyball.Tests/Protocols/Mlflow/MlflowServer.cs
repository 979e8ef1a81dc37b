using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Server.Hosting;
using Flyball.Tests.Access;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>The real server, and requests as a client of the protocol sends them. Tests that share it take names of their own.</summary>
public sealed class MlflowServer : IAsyncLifetime
{
    private const string Api = "/api/2.0/mlflow";
    private ServerFixture server = null!;
    private int names;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public FlyballHost Host => server.Host;

    public HttpClient Client => server.Client;

    public async ValueTask InitializeAsync() => server = await ServerFixture.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public string Name(string of) => $"{of}-{Interlocked.Increment(ref names)}";

    public Task<JsonObject> GetAsync(string path) => GoodAsync(HttpMethod.Get, path, null);

    public Task<JsonObject> PostAsync(string path, object body) => GoodAsync(HttpMethod.Post, path, body);

    public Task<JsonObject> PatchAsync(string path, object body) => GoodAsync(HttpMethod.Patch, path, body);

    public Task<JsonObject> DeleteAsync(string path, object? body = null) => GoodAsync(HttpMethod.Delete, path, body);

    /// <summary>Asserts what a client asserts of every answer: 200, JSON, an object.</summary>
    private async Task<JsonObject> GoodAsync(HttpMethod method, string path, object? body)
    {
        var (status, answer) = await SendAsync(method, path, body);
        Assert.True(status == 200, $"{method} {path}: {status} {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>A refusal's status, name and message.</summary>
    public async Task<(int Status, string Code, string Message)> RefusedAsync(HttpMethod method, string path, object? body = null)
    {
        var (status, answer) = await SendAsync(method, path, body);
        Assert.True(answer.ContainsKey("error_code"), $"{method} {path}: {status} {answer.ToJsonString()}");
        return (status, answer["error_code"]!.GetValue<string>(), answer["message"]!.GetValue<string>());
    }

    public async Task<(int Status, JsonObject Answer)> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/ajax", StringComparison.Ordinal) ? path : Api + path, UriKind.Relative));
        request.Headers.UserAgent.ParseAdd("mlflow-python-client/3.5.0");
        request.Headers.AcceptEncoding.ParseAdd("gzip, deflate, br");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        using var response = await Client.SendAsync(request, Stop);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!.AsObject());
    }

    /// <summary>A file as the client uploads it: raw, with its length, the path percent-encoded.</summary>
    public async Task PutAsync(string uri, byte[] content)
    {
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await Client.PutAsync(new Uri(FileOf(uri), UriKind.Relative), body, Stop);
        Assert.Equal((200, "{}"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop)));
    }

    public async Task<byte[]> FileAsync(string uri) => await Client.GetByteArrayAsync(new Uri(FileOf(uri), UriKind.Relative), Stop);

    /// <summary>Names, sizes and whether they are folders, as the proxy lists a location.</summary>
    public async Task<JsonObject> ListAsync(string uri) =>
        await GetAsync($"/api/2.0/mlflow-artifacts/artifacts?path={Uri.EscapeDataString(PathOf(uri))}");

    /// <summary>Where a client finds a location of the store.</summary>
    public static string FileOf(string uri) => "/api/2.0/mlflow-artifacts/artifacts/" + string.Join('/', PathOf(uri).Split('/').Select(Uri.EscapeDataString));

    /// <summary>A request line as it is, which no client library would send; the status of the answer.</summary>
    public async Task<(int Status, string Answer)> RawAsync(string method, string target, string? body = null)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Host.Address.Host, Host.Address.Port, Stop);
        var sent = Encoding.UTF8.GetBytes(body ?? "");
        var head = $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {sent.Length}\r\n\r\n";
        await using var stream = socket.GetStream();
        await stream.WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head), .. sent], Stop);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(Stop);
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer);
    }

    public async Task<string> ExperimentAsync() => Text(await PostAsync("/experiments/create", new { name = Name("experiment") }), "experiment_id");

    /// <summary>A new run's info.</summary>
    public async Task<JsonObject> RunAsync(string experiment, string? name = null) =>
        (await PostAsync("/runs/create", new { experiment_id = experiment, user_id = "ann", run_name = name, start_time = 1_700_000_000_000 }))["run"]!["info"]!.AsObject();

    public static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();

    private static string PathOf(string uri) => uri["mlflow-artifacts:/".Length..];
}

/// <summary>Test classes that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class MlflowTests : ICollectionFixture<MlflowServer>
{
    public const string Name = "mlflow";
}

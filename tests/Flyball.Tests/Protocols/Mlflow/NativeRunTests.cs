using System.Text;
using System.Text.Json.Nodes;
using Flyball.Server.Hosting;
using Flyball.Tests.Training.Tasks;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>
/// A run of this program from start to reproduction over HTTP, with a model of several classes whose probabilities are calibrated: what clients of
/// experiments see of it, how it is found and compared, and what is kept of having made it again.
/// </summary>
public sealed class NativeRunTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-native-").FullName;
    private HttpClient client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Runs_show_among_experiments_and_are_found_compared_and_made_again()
    {
        await using var host = await StartAsync();
        client = new HttpClient { BaseAddress = host.Address };

        // No rows: the run fails, and says so among the experiments.
        Assert.NotEqual(200, (await SendAsync(HttpMethod.Post, "/v1/models/m/train", new JsonObject())).Status);
        var failed = Assert.Single((await SearchAsync(""))["runs"]!.AsArray())!;
        Assert.Equal("FAILED", (string)failed["info"]!["status"]!);
        Assert.NotNull(failed["info"]!["end_time"]);

        await IngestAsync();
        var trained = await GoodAsync(HttpMethod.Post, "/v1/models/m/train", new JsonObject { ["source"] = new JsonObject { ["commit"] = Commit, ["dirty"] = false } });
        var id = (string)trained["run_id"]!;

        var found = Assert.Single((await SearchAsync("metrics.accuracy > 0.5 and params.max_depth = '3'"))["runs"]!.AsArray())!;
        Assert.Equal(("FINISHED", id[..32]), ((string)found["info"]!["status"]!, (string)found["info"]!["run_id"]!));
        Assert.Equal((double)trained["metrics"]!["accuracy"]!, (double)Named(found, "metrics", "accuracy")!);
        Assert.Equal(
            ("m", "1", (string)trained["digest"]!, Commit, id),
            (Tag("flyball.model"), Tag("flyball.version"), Tag("flyball.bundle"), Tag("flyball.commit.claimed"), Tag("flyball.run_id")));

        // What a caller says of its folder was seen by nobody.
        Assert.Null(Tag("mlflow.source.git.commit"));

        await FindAsync(id, (string)failed["info"]!["run_id"]!);
        await CompareAsync(id, (string)failed["info"]!["run_id"]!);
        await ReproduceAsync(id);
        await AnswerAsync();

        string? Tag(string key) => (string?)Named(found, "tags", key);
    }

    private async Task FindAsync(string id, string failed)
    {
        var page = await GoodAsync(HttpMethod.Get, Runs("filter=metrics.accuracy > 0.5 and params.max_depth = '3'", "order_by=metrics.accuracy desc"));
        Assert.Equal(id, (string)Assert.Single(page["runs"]!.AsArray())!["run_id"]!);
        Assert.Empty((await GoodAsync(HttpMethod.Get, Runs("filter=metrics.accuracy > 0.5", "state=failed")))["runs"]!.AsArray());
        Assert.Empty((await GoodAsync(HttpMethod.Get, Runs("filter=metrics.accuracy > 0.5", "model=another")))["runs"]!.AsArray());

        // Without a metric last; one a page.
        var first = await GoodAsync(HttpMethod.Get, Runs("order_by=metrics.accuracy desc", "limit=1"));
        var second = await GoodAsync(HttpMethod.Get, Runs("order_by=metrics.accuracy desc", "limit=1", $"page_token={first["next_page_token"]}"));
        Assert.Equal([id[..32], failed], new[] { first, second }.Select(p => ((string)p["runs"]![0]!["run_id"]!)[..32]));
        Assert.Null(second["next_page_token"]);

        var (status, refused) = await SendAsync(HttpMethod.Get, Runs("filter=metrics.accuracy > 0.5 or params.a = 'b'"));
        Assert.Equal(400, status);
        Assert.Contains("Invalid filter, at character 24", refused.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(400, (await SendAsync(HttpMethod.Get, Runs("order_by=metrics.accuracy sideways"))).Status);
        Assert.Equal(400, (await SendAsync(HttpMethod.Get, Runs("order_by=metrics.accuracy desc", "page_token=bm8"))).Status);
    }

    private async Task CompareAsync(string id, string failed)
    {
        var compared = await GoodAsync(HttpMethod.Get, $"/v1/runs/compare?run={id}&run={failed}&run={id[..12]}");

        Assert.Equal([id[..32], failed, id[..32]], compared["runs"]!.AsArray().Select(r => ((string)r!["run_id"]!)[..32]));
        Assert.False((bool)compared["identical"]!);
        Assert.Equal(["as_of", "horizon", "table people"], compared["dataset"]!.AsArray().Select(d => (string)d!["dataset"]!));
        Assert.Empty(compared["params"]!.AsArray());
        Assert.Empty(compared["features"]!.AsArray());
        var accuracy = compared["metrics"]!.AsArray().Single(m => (string)m!["metric"]! == "accuracy")!["values"]!;
        Assert.Null(accuracy[1]);
        Assert.Equal((double)accuracy[0]!, (double)accuracy[2]!);
        Assert.Equal(422, (await SendAsync(HttpMethod.Get, $"/v1/runs/compare?run={id}")).Status);
        Assert.Equal(404, (await SendAsync(HttpMethod.Get, $"/v1/runs/compare?run={id}&run=nobody")).Status);
    }

    private async Task ReproduceAsync(string id)
    {
        var again = await GoodAsync(HttpMethod.Post, $"/v1/runs/{id}/reproduce");

        Assert.True((bool)again["identical"]!);
        var kept = Assert.Single((await GoodAsync(HttpMethod.Get, $"/v1/runs/{id}"))["reproductions"]!.AsArray())!;
        Assert.Equal((true, (string)again["digest"]!), ((bool)kept["identical"]!, (string)kept["again"]!));
        Assert.Contains("run.reproduce", (await GoodAsync(HttpMethod.Get, "/v1/audit?limit=100")).ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>A prediction with calibrated probabilities, and the same made again.</summary>
    private async Task AnswerAsync()
    {
        await GoodAsync(HttpMethod.Post, "/v1/models/m/versions/1/approve", new JsonObject { ["reason"] = "looked at" });
        await GoodAsync(HttpMethod.Post, "/v1/models/m/deploy", new JsonObject { ["version"] = 1 });

        var answer = await GoodAsync(HttpMethod.Post, "/v1/models/m/predict", (JsonObject)JsonNode.Parse(TaskWorld.Row(5000))!);

        Assert.Equal(1, answer["probabilities"]!.AsObject().Sum(p => (double)p.Value!), 5);
        Assert.True((bool)(await GoodAsync(HttpMethod.Get, $"/v1/predictions/{answer["request_id"]}/reproduce"))["identical"]!);
    }

    private async Task<FlyballHost> StartAsync()
    {
        Write("flyball.yaml", "name: people\n");
        Write("contracts/people.odcs.yaml", TaskWorld.Contract);
        Write("features/person.yaml", TaskWorld.View);
        Write("models/m.yaml", TaskWorld.ModelFile("multiclass-classification", "value: kind", $"{TaskWorld.Stratified}\ncalibrate: temperature\ngates: [accuracy >= 0.5]\n{TaskWorld.Trees()}"));
        return await FlyballHost.StartAsync(
            new FlyballHostOptions { Project = Path.Combine(folder, "project"), Data = Path.Combine(folder, "data"), Urls = "http://127.0.0.1:0", BackgroundLoops = false }, Stop);
    }

    private void Write(string path, string text)
    {
        var target = Path.Combine(folder, "project", path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }

    private async Task IngestAsync()
    {
        using var body = new StringContent($"[{string.Join(',', Enumerable.Range(0, 600).Select(i => TaskWorld.Row(i)))}]", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v1/events/people", UriKind.Relative), body, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<JsonObject> SearchAsync(string filter)
    {
        var experiment = (await GoodAsync(HttpMethod.Get, "/api/2.0/mlflow/experiments/get-by-name?experiment_name=m"))["experiment"]!["experiment_id"]!;
        return await GoodAsync(HttpMethod.Post, "/api/2.0/mlflow/runs/search", new JsonObject { ["experiment_ids"] = new JsonArray(experiment.DeepClone()), ["filter"] = filter, ["max_results"] = 10 });
    }

    private static JsonNode? Named(JsonNode run, string list, string key) => run["data"]![list]!.AsArray().FirstOrDefault(e => (string)e!["key"]! == key)?["value"];

    private static string Runs(params string[] query) =>
        $"/v1/runs?{string.Join('&', query.Select(q => $"{q[..q.IndexOf('=', StringComparison.Ordinal)]}={Uri.EscapeDataString(q[(q.IndexOf('=', StringComparison.Ordinal) + 1)..])}"))}";

    private async Task<JsonObject> GoodAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        var (status, answer) = await SendAsync(method, path, body);
        Assert.True(status == 200, $"{method} {path}: {status} {answer.ToJsonString()}");
        return answer;
    }

    private async Task<(int Status, JsonObject Answer)> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, JsonNode.Parse(text) as JsonObject ?? new JsonObject { ["list"] = JsonNode.Parse(text) });
    }
}

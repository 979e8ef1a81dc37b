using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Serving;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Protocols.OpenInference;

[Collection(InferenceTests.Name)]
public sealed class MetadataTests(InferenceServer server) : IDisposable
{
    public void Dispose() => server.Deploy();

    [Theory]
    [InlineData("/v2")]
    [InlineData("/v2/")]
    public async Task The_server_names_its_extensions(string path)
    {
        var (status, answer) = await server.SendAsync(HttpMethod.Get, path);

        Assert.Equal(200, status);
        Assert.Equal(["name", "version", "extensions"], answer.Select(m => m.Key));
        Assert.Contains("binary_tensor_data", answer["extensions"]!.AsArray().Select(e => (string)e!));
    }

    [Theory]
    [InlineData("live")]
    [InlineData("ready")]
    public async Task Health_has_both_names_of_readiness(string what)
    {
        var (status, answer) = await server.SendAsync(HttpMethod.Get, "/v2/health/" + what);

        Assert.Equal((200, """{"live":true,"ready":true}"""), (status, answer.ToJsonString()));
    }

    [Fact]
    public async Task A_models_inputs_are_the_fields_of_its_contract()
    {
        server.Swap(new TrafficPlan("fraud", server.Version(3), server.Version(2), new CanaryTraffic("r", server.Version(4), 0.1m)));

        var (_, answer) = await server.SendAsync(HttpMethod.Get, "/v2/models/fraud");

        Assert.Equal(["name", "versions", "platform", "inputs", "outputs"], answer.Select(m => m.Key));
        Assert.Equal("""["2","3","4"]""", answer["versions"]!.ToJsonString());
        Assert.Equal("onnx_onnxv1", (string)answer["platform"]!);
        Assert.Equal(
            ["transaction_id INT64", "event_time BYTES", "customer_id INT64", "terminal_id INT64", "amount FP64", "channel BYTES", "card_present BOOL", "born BYTES", "tags BYTES", "note BYTES"],
            answer["inputs"]!.AsArray().Select(i => $"{i!["name"]} {i["datatype"]}"));
        Assert.All(answer["inputs"]!.AsArray(), i => Assert.Equal("[-1]", i!["shape"]!.ToJsonString()));
        Assert.Equal(["prediction FP64", "decision BYTES", "rung BYTES", "version INT64", "request_id BYTES"], answer["outputs"]!.AsArray().Select(o => $"{o!["name"]} {o["datatype"]}"));

        var (_, named) = await server.SendAsync(HttpMethod.Get, "/v2/models/fraud/versions/2");
        Assert.Equal(answer.ToJsonString(), named.ToJsonString());
    }

    [Fact]
    public async Task Probabilities_are_as_wide_as_there_are_classes()
    {
        var (_, answer) = await server.SendAsync(HttpMethod.Get, "/v2/models/kinds");

        var outputs = answer["outputs"]!.AsArray().ToDictionary(o => (string)o!["name"]!, o => $"{o!["datatype"]} {o["shape"]!.ToJsonString()}");
        Assert.Equal(("BYTES [-1]", "FP64 [-1,3]"), (outputs["prediction"], outputs["probabilities"]));
        Assert.DoesNotContain("decision", outputs.Keys);
    }

    [Theory]
    [InlineData("/v2/models/fraud/ready", 200)]
    [InlineData("/v2/models/fraud/versions/3/ready", 200)]
    [InlineData("/v2/models/fraud/versions/7/ready", 404)]
    [InlineData("/v2/models/churn/ready", 404)]
    [InlineData("/v2/models/churn", 404)]
    [InlineData("/v2/models/fraud/versions/7", 404)]
    [InlineData("/v2/models/fraud/nothing", 404)]
    [InlineData("/v2/nothing", 404)]
    public async Task What_is_not_there_is_404_with_an_error(string path, int expected)
    {
        var (status, answer) = await server.SendAsync(HttpMethod.Get, path);

        Assert.Equal(expected, status);
        Assert.Equal(expected == 200 ? """{"name":"fraud","ready":true}""" : null, expected == 200 ? answer.ToJsonString() : null);
        Assert.Equal(expected != 200, answer.ContainsKey("error"));
    }

    [Fact]
    public async Task The_index_lists_every_version_that_can_be_asked_for()
    {
        using var content = new StringContent("", Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri("/v2/repository/index", UriKind.Relative), content, InferenceServer.Stop);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(InferenceServer.Stop))!.AsArray();

        Assert.Equal(["fraud 2 READY", "fraud 3 READY", "kinds 1 READY"], answer.Select(m => $"{m!["name"]} {m["version"]} {m["state"]}"));
    }

    [Fact]
    public async Task Keys_decide_and_refusals_are_errors_of_the_protocol()
    {
        using var project = new FraudProject();
        await using var host = await InferenceServer.StartAsync(project, InferenceServer.Keys(project, ("reader", [Permission.Read]), ("scorer", [Permission.Predict])));
        using var client = new HttpClient { BaseAddress = host.Address };

        Assert.Equal(401, await StatusAsync(client, null, "GET", "/v2/models/fraud"));
        Assert.Equal(404, await StatusAsync(client, "reader", "GET", "/v2/models/fraud"));
        Assert.Equal(403, await StatusAsync(client, "reader", "POST", "/v2/models/fraud/infer"));
        Assert.Equal(404, await StatusAsync(client, "scorer", "POST", "/v2/models/fraud/infer"));
        Assert.Equal(403, await StatusAsync(client, "scorer", "POST", "/v2/repository/index"));
        using var live = await client.GetAsync(new Uri("/v2/health/live", UriKind.Relative), InferenceServer.Stop);
        Assert.Equal(200, (int)live.StatusCode);
    }

    private static async Task<int> StatusAsync(HttpClient client, string? key, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Content = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        using var response = await client.SendAsync(request, InferenceServer.Stop);
        Assert.Equal("error", Assert.Single(JsonNode.Parse(await response.Content.ReadAsStringAsync(InferenceServer.Stop))!.AsObject()).Key);
        return (int)response.StatusCode;
    }
}

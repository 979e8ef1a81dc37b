using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Serving;
using Flyball.Tests.Protocols.InferenceGrpc;
using Flyball.Tests.Protocols.OpenInference;
using Flyball.Training;
using Microsoft.Extensions.DependencyInjection;
using static Flyball.Tests.Protocols.InferenceGrpc.WireCall;

namespace Flyball.Tests.Protocols;

/// <summary>
/// A deployed model whose champion cannot be loaded is no model that does not exist. <c>gone</c> is one that the project no longer has; <c>fraud</c> keeps its place by the
/// project's definition.
/// </summary>
[Collection(ChangedServer.Name)]
public sealed class DamagedModelTests(ChangedServer changed) : IDisposable
{
    private const string Reason = "Version 2 of gone cannot be loaded: its bytes are not what was stored.";

    private static readonly Problem Damage = new("FLY2010", Reason);

    private readonly InferenceServer server = Damaged(changed.Server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => server.Deploy();

    [Theory]
    [InlineData("GET", "/v2/models/gone")]
    [InlineData("GET", "/v2/models/gone/ready")]
    [InlineData("GET", "/v2/models/gone/versions/2/ready")]
    [InlineData("GET", "/v2/models/gone/config")]
    [InlineData("GET", "/v2/models/gone/stats")]
    [InlineData("POST", "/v2/models/gone/infer")]
    [InlineData("POST", "/v2/models/gone/versions/2/infer")]
    public async Task The_open_inference_protocol_says_why(string method, string path)
    {
        var (status, answer, headers) = await SendAsync(method, path, Tensors.Request());

        Assert.Equal(503, status);
        Assert.Equal(["error"], answer.Select(m => m.Key));
        Assert.Contains(Reason, (string)answer["error"]!, StringComparison.Ordinal);
        Assert.Contains("FLY5001", (string)answer["error"]!, StringComparison.Ordinal);
        Assert.NotNull(headers.RetryAfter);
    }

    [Fact]
    public async Task Invocations_say_why()
    {
        var (status, answer, headers) = await SendAsync("POST", "/v1/models/gone/invocations", """{"dataframe_records":[{"amount":1}]}""");

        Assert.Equal((503, "FLY5001"), (status, (string)answer["code"]!));
        Assert.Contains(Reason, (string)answer["detail"]!, StringComparison.Ordinal);
        Assert.NotNull(headers.RetryAfter);
    }

    [Theory]
    [InlineData("ModelInfer")]
    [InlineData("ModelReady")]
    [InlineData("ModelMetadata")]
    [InlineData("ModelConfig")]
    [InlineData("ModelStatistics")]
    public async Task Calls_are_unavailable_and_say_why(string method)
    {
        // A request to infer has at least one input.
        var input = Message(m => Packed(Packed(Text(Text(m, 1, "amount"), 2, "FP64"), 3, [1]), 5, Message(c => Packed(c, 7, Tensors.Doubles(1)))));
        var asked = method == "ModelInfer" ? Message(m => Packed(Text(m, 1, "gone"), 5, input)) : Message(m => Text(m, 1, "gone"));

        var answer = await WireCall.SendAsync(server.Grpc, method, Frame(asked));

        Assert.Equal(14, answer.Status);
        Assert.Contains(Reason, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_was_never_deployed_is_not_found_as_before()
    {
        Assert.Equal(404, (await SendAsync("POST", "/v2/models/nobody/infer", Tensors.Request())).Status);
        Assert.Equal(404, (await SendAsync("POST", "/v1/models/nobody/invocations", """{"dataframe_records":[{"amount":1}]}""")).Status);
        Assert.Equal(5, (await WireCall.SendAsync(server.Grpc, "ModelReady", Frame(Message(m => Text(m, 1, "nobody"))))).Status);
    }

    [Fact]
    public async Task The_index_lists_it_unless_only_what_is_ready_is_asked_for()
    {
        Assert.Equal(["fraud 2 READY", "fraud 3 READY", "gone  UNAVAILABLE", "kinds 1 READY"], await IndexAsync(""));
        Assert.Equal(["fraud 2 READY", "fraud 3 READY", "gone  UNAVAILABLE", "kinds 1 READY"], await IndexAsync("""{"ready":false}"""));
        Assert.Equal(["fraud 2 READY", "fraud 3 READY", "kinds 1 READY"], await IndexAsync("""{"ready":true}"""));
        Assert.Equal(4, Fields((await WireCall.SendAsync(server.Grpc, "RepositoryIndex", Frame([]))).Message).Count);
        Assert.Equal(3, Fields((await WireCall.SendAsync(server.Grpc, "RepositoryIndex", Frame([16, 1]))).Message).Count);
    }

    /// <summary>The version before answers for it, with the tensors that it has.</summary>
    [Fact]
    public async Task One_that_keeps_its_place_is_answered_for_by_the_version_before()
    {
        var project = server.Host.Services.GetRequiredService<ActiveProject>().Current;
        server.Swap(new TrafficPlan("fraud", VersionLoader.StandIn(project.Models["fraud"], Digest.Of("damaged"), 4, Damage), server.Version(3)));

        var (status, answer, _) = await SendAsync("POST", "/v2/models/fraud/infer", Tensors.Request(""" "outputs":[{"name":"rung"},{"name":"version"}]"""));

        Assert.Equal(200, status);
        Assert.Equal(("""["previous-version","previous-version"]""", "[3,3]"), (answer["outputs"]![0]!["data"]!.ToJsonString(), answer["outputs"]![1]!["data"]!.ToJsonString()));
        Assert.Equal(200, (await SendAsync("GET", "/v2/models/fraud/ready", null)).Status);
        Assert.Equal("onnx_onnxv1", (string)(await SendAsync("GET", "/v2/models/fraud", null)).Answer["platform"]!);
        Assert.Equal(503, (await SendAsync("GET", "/v2/models/fraud/versions/4/ready", null)).Status);
        Assert.Equal(503, (await SendAsync("POST", "/v2/models/fraud/versions/4/infer", Tensors.Request())).Status);
    }

    private static InferenceServer Damaged(InferenceServer server)
    {
        server.Host.Services.GetRequiredService<TrafficPlans>().NoteMissing("gone", Damage);
        return server;
    }

    private async Task<List<string>> IndexAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri("/v2/repository/index", UriKind.Relative), content, Stop);
        return [.. JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!.AsArray().Select(m => $"{m!["name"]} {m["version"]} {m["state"]}")];
    }

    private async Task<(int Status, JsonObject Answer, HttpResponseHeaders Headers)> SendAsync(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Version = HttpVersion.Version11 };
        request.Content = method == "GET" ? null : new StringContent(body!, Encoding.UTF8, "application/json");
        using var response = await server.Client.SendAsync(request, Stop);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!.AsObject(), response.Headers);
    }
}

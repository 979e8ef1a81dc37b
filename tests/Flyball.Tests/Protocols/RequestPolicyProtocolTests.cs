using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Serving;
using Flyball.Tests.Protocols.OpenInference;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Protocols;

/// <summary>What a model declares of its requests holds whatever way they come.</summary>
[Collection(InferenceTests.Name)]
public sealed class RequestPolicyProtocolTests : IDisposable
{
    private const string Short = """{"transaction_id":1,"event_time":"2026-01-31T13:45:00Z","customer_id":7,"terminal_id":1,"colour":"red"}""";
    private const string Colour = """{"name":"colour","shape":[2],"datatype":"BYTES","data":["red","blue"]}""";

    private readonly InferenceServer server;
    private readonly ServeDefinition before;

    public RequestPolicyProtocolTests(InferenceServer server)
    {
        this.server = server;
        before = Predictor.DefinitionOf("fraud");
        Configure(before with { Requests = new RequestPolicy(true, new Dictionary<string, Value> { ["amount"] = Value.FromNumber(70), ["channel"] = Value.FromText("web") }) });
    }

    private Predictor Predictor => server.Host.Services.GetRequiredService<Predictor>();

    public void Dispose() => Configure(before);

    [Fact]
    public async Task Own_json_is_filled_in()
    {
        var (status, answer) = await PostAsync("/v1/models/fraud/predict", Short);

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal("""["channel","amount"]""", Order(answer["defaulted"]!));
        Assert.Equal(InferenceServer.Score(3, 70), (double)answer["prediction"]!, 6);
    }

    [Fact]
    public async Task Invocations_are_filled_in()
    {
        var (status, answer) = await PostAsync("/v1/models/fraud/invocations", $$"""{"dataframe_records":[{{Short}}]}""");

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal("""["channel","amount"]""", Order(answer["defaulted"]!));
        Assert.Equal(InferenceServer.Score(3, 70), (double)answer["predictions"]![0]!, 6);
    }

    [Fact]
    public async Task Tensors_are_filled_in()
    {
        var (status, answer) = await server.InferAsync(Tensors.Request(amount: Colour));

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal(["amount", "channel"], ((string)answer["parameters"]!["defaulted"]!).Split(',').Order(StringComparer.Ordinal));
        Assert.Equal(InferenceServer.Score(3, 70), (double)answer["outputs"]![0]!["data"]![1]!, 6);
    }

    /// <summary>Each row is written with the names that it passes over: a name as long as the body, a thousand times, is work for seconds.</summary>
    [Fact]
    public async Task Names_that_are_passed_over_in_every_row_have_a_bound()
    {
        static string Named(int length) => $$"""{"name":"{{new string('z', length)}}","shape":[1000],"datatype":"INT8","data":[{{string.Join(',', Enumerable.Repeat("1", 1000))}}]}""";
        var many = Tensors.Many(1000);

        var (status, answer) = await server.InferAsync(many.Replace("{\"inputs\":[", "{\"inputs\":[" + Named(17_000) + ",", StringComparison.Ordinal));
        var (good, _) = await server.InferAsync(many.Replace("{\"inputs\":[", "{\"inputs\":[" + Named(100) + ",", StringComparison.Ordinal));

        Assert.Equal((400, true, 200), (status, ((string)answer["error"]!).Contains("FLY3402", StringComparison.Ordinal), good));
    }

    [Fact]
    public async Task The_models_description_says_what_may_be_left_out()
    {
        var (_, description) = await server.SendAsync(HttpMethod.Get, "/v1/models/fraud/openapi.json");

        var request = description["components"]!["schemas"]!["Request"]!;
        Assert.DoesNotContain("amount", request["required"]!.AsArray().Select(r => (string)r!));
        Assert.Equal(70, (double)request["properties"]!["amount"]!["default"]!);
        Assert.True((bool)request["additionalProperties"]!);
    }

    private void Configure(ServeDefinition fraud) => Predictor.Configure(new Dictionary<string, ServeDefinition> { ["fraud"] = fraud });

    private static string Order(JsonNode names) => new JsonArray([.. names.AsArray().Select(n => (string)n!).OrderDescending(StringComparer.Ordinal).Select(n => (JsonNode)n)]).ToJsonString();

    private async Task<(int Status, JsonObject Answer)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await server.SendAsync(HttpMethod.Post, path, content);
    }
}

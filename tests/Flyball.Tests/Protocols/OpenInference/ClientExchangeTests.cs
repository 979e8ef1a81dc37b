using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Serving;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>
/// What the Triton client for Python sends over HTTP, byte for byte: compact JSON with its members in the client's order, raw tensors behind it, its headers in their
/// order and case.
/// </summary>
[Collection(InferenceTests.Name)]
public sealed class ClientExchangeTests(InferenceServer server) : IDisposable
{
    private const string RawInputs =
        """{"name":"transaction_id","shape":[2,1],"datatype":"INT64","parameters":{"binary_data_size":16}},{"name":"event_time","shape":[2,1],"datatype":"BYTES","parameters":{"binary_data_size":48}},{"name":"customer_id","shape":[2,1],"datatype":"INT32","parameters":{"binary_data_size":8}},{"name":"terminal_id","shape":[2,1],"datatype":"UINT8","parameters":{"binary_data_size":2}},{"name":"amount","shape":[2,1],"datatype":"FP64","parameters":{"binary_data_size":16}}""";

    private static readonly byte[] Raw =
    [
        .. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(2L), .. Tensors.Texts("2026-01-31T13:45:00Z", "2026-01-31T13:45:00Z"), 7, 0, 0, 0, 8, 0, 0, 0, 1, 1, .. Tensors.Doubles(100, 2000),
    ];

    public void Dispose() => server.Deploy();

    [Fact]
    public async Task Without_outputs_it_asks_for_all_of_them_raw()
    {
        var answer = await InferAsync($$$"""{"id":"7","inputs":[{{{RawInputs}}}],"parameters":{"binary_data_output":true}}""");

        Assert.Equal(200, answer.Status);
        var (json, raw) = answer.Split();
        Assert.Equal(("fraud", "3", "7"), ((string)json["model_name"]!, (string)json["model_version"]!, (string)json["id"]!));
        Assert.Equal(["prediction", "decision", "rung", "version", "request_id"], json["outputs"]!.AsArray().Select(o => (string)o!["name"]!));
        Assert.Equal((InferenceServer.Score(3, 100), InferenceServer.Score(3, 2000)), (BitConverter.ToDouble(raw, 0), BitConverter.ToDouble(raw, 8)), Within6);
        var sizes = json["outputs"]!.AsArray().Select(o => (int)o!["parameters"]!["binary_data_size"]!).ToList();
        Assert.Equal(raw.Length, sizes.Sum());
        Assert.Equal(["allow", "block"], Tensors.ReadTexts(raw.AsSpan(sizes[0], sizes[1])));
    }

    [Fact]
    public async Task Requested_outputs_come_in_their_order_and_form()
    {
        var answer = await InferAsync($$$"""{"inputs":[{{{RawInputs}}}],"outputs":[{"name":"decision","parameters":{"binary_data":false}},{"name":"prediction","parameters":{"binary_data":true}}]}""");

        var (json, raw) = answer.Split();
        Assert.Equal("""["allow","block"]""", json["outputs"]![0]!["data"]!.ToJsonString());
        Assert.Equal(16, (int)json["outputs"]![1]!["parameters"]!["binary_data_size"]!);
        Assert.Equal(InferenceServer.Score(3, 2000), BitConverter.ToDouble(raw, 8), 6);
    }

    [Fact]
    public async Task Parameters_of_its_own_are_passed_over_and_its_time_limit_holds()
    {
        var answered = await InferAsync($$$"""{"inputs":[{{{RawInputs}}}],"parameters":{"priority":1,"timeout":30000000,"binary_data_output":true,"tenant":"a"}}""");
        Assert.Equal(200, answered.Status);

        var late = await InferAsync($$$"""{"inputs":[{{{RawInputs}}}],"parameters":{"timeout":1,"binary_data_output":true}}""", "/v2/models/fraud/versions/3/infer");
        Assert.Equal(504, late.Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_packed_request_is_answered_like_a_plain_one(string encoding)
    {
        var json = $$$"""{"id":"p","inputs":[{{{RawInputs}}}],"outputs":[{"name":"prediction","parameters":{"binary_data":true}}]}""";
        byte[] plain = [.. Encoding.UTF8.GetBytes(json), .. Raw];

        var answer = await SendAsync(ClientFrame.Post(server.Host.Address, "/v2/models/fraud/infer", Pack(encoding, plain), ("Content-Encoding", encoding), ("Inference-Header-Content-Length", $"{json.Length}")));

        Assert.Equal(200, answer.Status);
        var (_, raw) = answer.Split();
        Assert.Equal(InferenceServer.Score(3, 2000), BitConverter.ToDouble(raw, 8), 6);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task An_answer_comes_packed_when_it_is_asked_for_and_worth_it(string encoding)
    {
        var wanted = ("Accept-Encoding", encoding);
        var large = await SendAsync(ClientFrame.Post(server.Host.Address, "/v2/models/fraud/infer", Encoding.UTF8.GetBytes(Tensors.Many(200)), wanted));
        var small = await SendAsync(ClientFrame.Post(server.Host.Address, "/v2/models/fraud/infer", Encoding.UTF8.GetBytes(Tensors.Request(""" "outputs":[{"name":"prediction"}]""")), wanted));
        var plain = await SendAsync(ClientFrame.Post(server.Host.Address, "/v2/models/fraud/infer", Encoding.UTF8.GetBytes(Tensors.Many(200))));

        Assert.Equal((encoding, "Accept-Encoding"), (large.Header("Content-Encoding"), large.Header("Vary")));
        Assert.True(large.Body.Length < plain.Body.Length / 4, $"{large.Body.Length} of {plain.Body.Length} bytes");
        var unpacked = JsonNode.Parse(Unpack(encoding, large.Body))!;
        Assert.Equal(200, unpacked["outputs"]![0]!["data"]!.AsArray().Count);
        Assert.Null(small.Header("Content-Encoding"));
        Assert.Null(plain.Header("Content-Encoding"));
    }

    [Fact]
    public async Task A_raw_answer_is_packed_whole_and_the_length_of_its_JSON_is_the_unpacked_one()
    {
        var json = $$$"""{"inputs":[{{{RawInputs}}}],"parameters":{"binary_data_output":true}}""";
        byte[] body = [.. Encoding.UTF8.GetBytes(json), .. Raw];

        var answer = await SendAsync(ClientFrame.Post(server.Host.Address, "/v2/models/fraud/infer", body, ("Accept-Encoding", "gzip"), ("Inference-Header-Content-Length", $"{json.Length}")));

        // 2 rows of every output are more than a kilobyte only with their JSON.
        var whole = answer.Header("Content-Encoding") is null ? answer.Body : Unpack("gzip", answer.Body);
        var (read, raw) = (answer with { Body = whole }).Split();
        Assert.Equal(raw.Length, read["outputs"]!.AsArray().Sum(o => (int)o!["parameters"]!["binary_data_size"]!));
    }

    /// <summary>100 KB that unpack to 100 MB.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_small_body_does_not_become_a_large_one(string encoding)
    {
        var bomb = Pack(encoding, new byte[100 << 20]);
        Assert.True(bomb.Length < 1 << 20);

        var answer = await SendAsync(ClientFrame.Post(server.Host.Address, "/v2/models/fraud/infer", bomb, ("Content-Encoding", encoding)));

        Assert.Equal(413, answer.Status);
        Assert.Contains("FLY4013", (string)answer.Json()["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_packed_body_is_refused()
    {
        var packed = Pack("gzip", Encoding.UTF8.GetBytes(Tensors.Request()));

        var answer = await SendAsync(ClientFrame.Post(server.Host.Address, "/v2/models/fraud/infer", packed[..(packed.Length / 2)], ("Content-Encoding", "gzip")));

        Assert.Equal(400, answer.Status);
    }

    [Theory]
    [InlineData("""{"name":"prediction","parameters":{"classification":3}}""", "classification")]
    [InlineData("""{"name":"prediction","parameters":{"shared_memory_region":"r","shared_memory_byte_size":16}}""", "shared_memory_region")]
    public async Task What_is_not_done_is_refused_by_name(string output, string parameter)
    {
        var answer = await InferAsync($$$"""{"inputs":[{{{RawInputs}}}],"outputs":[{{{output}}}]}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains($"{parameter}: '{parameter}' asks for what is not done here.", (string)answer.Json()["error"]!, StringComparison.Ordinal);
        Assert.Contains("FLY5071", (string)answer.Json()["error"]!, StringComparison.Ordinal);
    }

    /// <summary>0 classes is what no classification is called.</summary>
    [Fact]
    public async Task A_classification_into_nothing_is_none() =>
        Assert.Equal(200, (await InferAsync($$$"""{"inputs":[{{{RawInputs}}}],"outputs":[{"name":"prediction","parameters":{"classification":0,"binary_data":false}}]}""")).Status);

    [Theory]
    [InlineData("load", """{"parameters":{"config":"{}"}}""")]
    [InlineData("unload", """{"parameters":{"unload_dependents":false}}""")]
    public async Task Models_are_not_loaded_by_clients(string verb, string body)
    {
        var answer = await SendAsync(ClientFrame.Post(server.Host.Address, $"/v2/repository/models/fraud/{verb}", Encoding.UTF8.GetBytes(body)));

        Assert.Equal(400, answer.Status);
        Assert.Contains("promote", (string)answer.Json()["error"]!, StringComparison.Ordinal);
        Assert.Contains("FLY5070", (string)answer.Json()["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/health/live", 200)]
    [InlineData("/v2/health/ready", 200)]
    [InlineData("/v2/models/fraud/ready", 200)]
    [InlineData("/v2/models/fraud/versions/2/ready", 200)]
    [InlineData("/v2/models/nobody/ready", 404)]
    [InlineData("/v2", 200)]
    [InlineData("/v2/models/fraud", 200)]
    [InlineData("/v2/models/fraud/config", 200)]
    [InlineData("/v2/models/nobody/config", 404)]
    [InlineData("/v2/models/stats", 200)]
    [InlineData("/v2/models/fraud/stats", 200)]
    [InlineData("/v2/models/fraud/versions/2/stats", 200)]
    [InlineData("/v2/models/fraud/versions/9/stats", 404)]
    [InlineData("/v2/models/nobody/stats", 404)]
    [InlineData("/v2/systemsharedmemory/status", 404)]
    [InlineData("/v2/trace/setting", 404)]
    public async Task Every_question_is_answered_in_JSON(string path, int expected)
    {
        var answer = await SendAsync(ClientFrame.Get(server.Host.Address, path));

        Assert.Equal(expected, answer.Status);
        Assert.Equal(expected == 404, answer.Json().ContainsKey("error"));
    }

    [Fact]
    public async Task The_configuration_tells_how_many_rows_fit()
    {
        var config = (await SendAsync(ClientFrame.Get(server.Host.Address, "/v2/models/fraud/config"))).Json();

        Assert.Equal(("fraud", "onnx_onnxv1", "onnxruntime", 1000), ((string)config["name"]!, (string)config["platform"]!, (string)config["backend"]!, (int)config["max_batch_size"]!));
        Assert.Equal(
            """{"name":"amount","data_type":"TYPE_FP64","dims":[],"optional":false}""",
            config["input"]!.AsArray().Single(i => (string)i!["name"]! == "amount")!.ToJsonString());
        Assert.Equal(
            """{"name":"channel","data_type":"TYPE_STRING","dims":[],"optional":true}""",
            config["input"]!.AsArray().Single(i => (string)i!["name"]! == "channel")!.ToJsonString());
        var kinds = (await SendAsync(ClientFrame.Get(server.Host.Address, "/v2/models/kinds/config"))).Json();
        Assert.Equal("""{"name":"probabilities","data_type":"TYPE_FP64","dims":[3]}""", kinds["output"]![1]!.ToJsonString());
    }

    [Fact]
    public async Task Statistics_count_requests_rows_and_calls()
    {
        var before = await StatisticsAsync("/v2/models/fraud/versions/3/stats");

        await InferAsync($$$"""{"inputs":[{{{RawInputs}}}],"parameters":{"binary_data_output":true}}""");

        var after = await StatisticsAsync("/v2/models/fraud/versions/3/stats");
        Assert.Equal(["name", "version", "last_inference", "inference_count", "execution_count", "inference_stats", "batch_stats"], after.Select(m => m.Key));
        Assert.Equal(("fraud", "3"), ((string)after["name"]!, (string)after["version"]!));
        Assert.Equal((2, 2), (Rise("inference_count"), Rise("execution_count")));
        Assert.Equal((1, 0, 1, 2, 2, 0), (Count("success"), Count("fail"), Count("queue"), Count("compute_input"), Count("compute_infer"), Count("cache_hit")));
        Assert.True((long)after["inference_stats"]!["success"]!["ns"]! >= (long)after["inference_stats"]!["compute_infer"]!["ns"]!);
        Assert.True((long)after["inference_stats"]!["compute_infer"]!["ns"]! > 0);
        Assert.Equal(1, (int)after["batch_stats"]![0]!["batch_size"]!);
        var last = DateTimeOffset.FromUnixTimeMilliseconds((long)after["last_inference"]!);
        Assert.InRange(last, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        long Rise(string name) => (long)after[name]! - (long)before[name]!;
        long Count(string name) => (long)after["inference_stats"]![name]!["count"]! - (long)before["inference_stats"]![name]!["count"]!;
    }

    [Fact]
    public async Task A_request_without_an_answer_counts_as_failed()
    {
        server.Swap(new TrafficPlan("fraud", server.Version(3), server.Broken(4)));
        var before = await StatisticsAsync("/v2/models/fraud/versions/4/stats");

        Assert.Equal(503, (await InferAsync($$$"""{"inputs":[{{{RawInputs}}}]}""", "/v2/models/fraud/versions/4/infer")).Status);

        var after = await StatisticsAsync("/v2/models/fraud/versions/4/stats");
        Assert.Equal((0, 1), (Count("success"), Count("fail")));
        Assert.Equal((long)before["inference_count"]!, (long)after["inference_count"]!);

        long Count(string name) => (long)after["inference_stats"]![name]!["count"]! - (long)before["inference_stats"]![name]!["count"]!;
    }

    [Fact]
    public async Task Statistics_of_a_model_have_its_versions_and_those_of_none_all_models()
    {
        var model = (await SendAsync(ClientFrame.Get(server.Host.Address, "/v2/models/fraud/stats"))).Json();
        var all = (await SendAsync(ClientFrame.Get(server.Host.Address, "/v2/models/stats"))).Json();

        Assert.Equal(["fraud 2", "fraud 3"], Names(model));
        Assert.Equal(["fraud 2", "fraud 3", "kinds 1"], Names(all));

        static IEnumerable<string> Names(JsonObject answer) => answer["model_stats"]!.AsArray().Select(s => $"{s!["name"]} {s["version"]}");
    }

    private static readonly IEqualityComparer<(double, double)> Within6 =
        EqualityComparer<(double, double)>.Create((a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-6 && Math.Abs(a.Item2 - b.Item2) < 1e-6);

    private async Task<JsonObject> StatisticsAsync(string path) =>
        (await SendAsync(ClientFrame.Get(server.Host.Address, path))).Json()["model_stats"]!.AsArray().Single()!.AsObject();

    private Task<ClientFrame.Answer> InferAsync(string json, string path = "/v2/models/fraud/infer") =>
        SendAsync(ClientFrame.Post(server.Host.Address, path, [.. Encoding.UTF8.GetBytes(json), .. Raw], ("Inference-Header-Content-Length", $"{Encoding.UTF8.GetByteCount(json)}")));

    private Task<ClientFrame.Answer> SendAsync(byte[] request) => ClientFrame.SendAsync(server.Host.Address, request, InferenceServer.Stop);

    private static byte[] Pack(string encoding, byte[] plain)
    {
        using var into = new MemoryStream();
        using (Stream packing = encoding == "gzip" ? new GZipStream(into, CompressionLevel.Optimal, true) : new ZLibStream(into, CompressionLevel.Optimal, true))
        {
            packing.Write(plain);
        }

        return into.ToArray();
    }

    private static byte[] Unpack(string encoding, byte[] packed)
    {
        using var from = new MemoryStream(packed);
        using Stream unpacking = encoding == "gzip" ? new GZipStream(from, CompressionMode.Decompress) : new ZLibStream(from, CompressionMode.Decompress);
        using var into = new MemoryStream();
        unpacking.CopyTo(into);
        return into.ToArray();
    }
}

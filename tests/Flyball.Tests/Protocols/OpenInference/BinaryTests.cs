using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>Tensors behind the JSON. What the protocol's Python client sends is written out here by hand: it is not to be had where the tests run.</summary>
[Collection(InferenceTests.Name)]
public sealed class BinaryTests(InferenceServer server)
{
    private const string AllRaw = "\"parameters\":{\"binary_data_output\":true}";

    /// <summary>The exchange of a client that names no outputs: every input raw, and every output asked for raw.</summary>
    [Fact]
    public async Task A_client_that_sends_everything_raw_gets_everything_raw()
    {
        static string Input(string name, string type, int size) => $$$"""{"name":"{{{name}}}","shape":[2],"datatype":"{{{type}}}","parameters":{"binary_data_size":{{{size}}}}}""";
        var times = Tensors.Texts("2026-01-31T13:45:00Z", "2026-01-31T13:45:00Z");
        var json = $$"""{"id":"1","inputs":[{{Input("transaction_id", "INT64", 16)}},{{Input("event_time", "BYTES", times.Length)}},{{Input("customer_id", "INT32", 8)}},{{Input("terminal_id", "UINT8", 2)}},{{Input("amount", "FP32", 8)}},{{Input("card_present", "BOOL", 2)}}],{{AllRaw}}}""";
        byte[] raw =
        [
            .. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(2L), .. times, .. BitConverter.GetBytes(7), .. BitConverter.GetBytes(8), 1, 1,
            .. BitConverter.GetBytes(100f), .. BitConverter.GetBytes(2000f), 1, 0,
        ];

        var (status, length, body) = await server.RawAsync(json, raw);

        Assert.True(status == 200, Encoding.UTF8.GetString(body));
        var head = int.Parse(length!, CultureInfo.InvariantCulture);
        var answer = JsonNode.Parse(body.AsSpan(0, head))!.AsObject();
        Assert.Equal("1", (string)answer["id"]!);
        var at = head;
        var parts = new Dictionary<string, byte[]>();
        foreach (var output in answer["outputs"]!.AsArray())
        {
            Assert.False(output!.AsObject().ContainsKey("data"));
            var size = (int)output["parameters"]!["binary_data_size"]!;
            parts[(string)output["name"]!] = body[at..(at + size)];
            at += size;
        }

        Assert.Equal(body.Length, at);
        Assert.Equal(InferenceServer.Score(3, 100), BitConverter.ToDouble(parts["prediction"], 0), 6);
        Assert.Equal(InferenceServer.Score(3, 2000), BitConverter.ToDouble(parts["prediction"], 8), 6);
        Assert.Equal(["allow", "block"], Tensors.ReadTexts(parts["decision"]));
        Assert.Equal(3, BitConverter.ToInt64(parts["version"], 8));
    }

    [Fact]
    public async Task An_output_overrides_what_the_request_says_of_all()
    {
        var (status, length, body) = await server.RawAsync(
            Tensors.Request("\"outputs\":[{\"name\":\"prediction\",\"parameters\":{\"binary_data\":true}},{\"name\":\"rung\"}]"), []);

        Assert.Equal(200, status);
        var answer = JsonNode.Parse(body.AsSpan(0, int.Parse(length!, CultureInfo.InvariantCulture)))!.AsObject();
        Assert.Equal(16, (int)InferTests.Output(answer, "prediction")["parameters"]!["binary_data_size"]!);
        Assert.Equal("""["full","full"]""", InferTests.Output(answer, "rung")["data"]!.ToJsonString());

        var (_, none, plain) = await server.RawAsync(Tensors.Request(AllRaw + ",\"outputs\":[{\"name\":\"rung\",\"parameters\":{\"binary_data\":false}}]"), []);
        Assert.Null(none);
        Assert.Contains("\"data\":[\"full\",\"full\"]", Encoding.UTF8.GetString(plain), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_precision_is_widened_exactly()
    {
        var (status, _, body) = await server.RawAsync(Tensors.RawAmount(4, "FP16"), [.. BitConverter.GetBytes((Half)100.0625), .. BitConverter.GetBytes((Half)2000)]);

        Assert.Equal(200, status);
        Assert.Equal(InferenceServer.Score(3, 100.0625), (double)InferTests.Output(JsonNode.Parse(body)!.AsObject(), "prediction")["data"]![0]!, 6);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    [InlineData("100000")]
    [InlineData("0")]
    [InlineData("10")]
    public async Task A_header_that_lies_about_the_json_is_refused(string header)
    {
        var (status, _, body) = await server.RawAsync(Tensors.RawAmount(16), Tensors.Doubles(100, 2000), header);

        Assert.Equal(400, status);
        Assert.Equal("error", Assert.Single(JsonNode.Parse(body)!.AsObject()).Key);
    }

    public static TheoryData<string, byte[]> Lies => new()
    {
        { Tensors.RawAmount(-1), Tensors.Doubles(100, 2000) },
        { Tensors.RawAmount(15), Tensors.Doubles(100, 2000) },
        { Tensors.RawAmount(8), Tensors.Doubles(100, 2000) },
        { Tensors.RawAmount(16), Tensors.Doubles(100) },
        { Tensors.RawAmount(16), Tensors.Doubles(100, 2000, 3) },
        { Tensors.RawAmount(24), Tensors.Doubles(100, 2000, 3) },
        { Tensors.RawAmount(16), [] },
        { Tensors.RawAmount(0), [] },
        { Tensors.RawAmount(int.MaxValue), Tensors.Doubles(100, 2000) },
        { Tensors.RawAmount(16, shape: "[4611686018427387904]"), Tensors.Doubles(100, 2000) },
        { Tensors.RawAmount(16, shape: "[0]"), Tensors.Doubles(100, 2000) },
        { Tensors.RawAmount(16), Tensors.Doubles(100, double.NaN) },
        { Tensors.RawAmount(16), Tensors.Doubles(double.PositiveInfinity, 1) },
        { Tensors.RawAmount(8, "FP32"), [.. BitConverter.GetBytes(float.NegativeInfinity), 0, 0, 0, 0] },
        { Tensors.RawAmount(4, "FP16"), [.. BitConverter.GetBytes(Half.NaN), 0, 0] },
        { Tensors.RawAmount(16, "UINT64"), [.. BitConverter.GetBytes(1UL), .. BitConverter.GetBytes(ulong.MaxValue)] },
        { Tensors.Request("\"id\":\"x\""), Tensors.Doubles(1) },
        { Tensors.Request(amount: """{"name":"amount","shape":[2],"datatype":"FP64","data":[1,2],"parameters":{"binary_data_size":16}}"""), Tensors.Doubles(1, 2) },
        { Tensors.Request(amount: """{"name":"amount","shape":[2],"datatype":"FP64","parameters":{"binary_data_size":"16"}}"""), Tensors.Doubles(1, 2) },
        { Note(8), [0, 0, 0, 0, 0, 0, 0, 1] },
        { Note(8), [255, 255, 255, 255, 0, 0, 0, 0] },
        { Note(9), [0, 0, 0, 0, 0, 0, 0, 0, 1] },
        { Note(4), [0, 0, 0, 0] },
        { Note(9), [1, 0, 0, 0, 0xFF, 0, 0, 0, 0] },
        { Note(9), [1, 0, 0, 0, 0, 0, 0, 0, 0] },
        { Tensors.Request(more: """{"name":"card_present","shape":[2],"datatype":"BOOL","parameters":{"binary_data_size":2}}"""), [1, 2] },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Raw_tensors_that_lie_are_refused(string json, byte[] raw)
    {
        var before = await server.LoggedAsync();

        var (status, _, body) = await server.RawAsync(json, raw);

        Assert.True(status == 400, Encoding.UTF8.GetString(body));
        Assert.Equal("error", Assert.Single(JsonNode.Parse(body)!.AsObject()).Key);
        Assert.Equal(before, await server.LoggedAsync());
    }

    [Fact]
    public async Task The_header_twice_is_refused()
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(Tensors.RawAmount(16)), .. Tensors.Doubles(100, 2000)]);
        content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", ["10", "20"]);

        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/v2/models/fraud/infer", content)).Status);
    }

    /// <summary>Every cut of a good request, at its beginning, in the JSON and in the tensors.</summary>
    [Fact]
    public async Task No_cut_of_a_request_is_a_defect()
    {
        var json = Tensors.RawAmount(16);
        var raw = Tensors.Doubles(100, 2000);
        for (var cut = 0; cut < json.Length; cut += 29)
        {
            Assert.Equal(400, (await server.RawAsync(json[..cut], raw)).Status);
        }

        for (var cut = 0; cut < raw.Length; cut++)
        {
            Assert.Equal(400, (await server.RawAsync(json, raw[..cut])).Status);
        }
    }

    [Fact]
    public async Task A_body_shorter_than_its_stated_length_is_no_defect()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, InferenceServer.Stop);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /v2/models/fraud/infer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{}"), InferenceServer.Stop);
        socket.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);

        var answer = "";
        try
        {
            answer = await reader.ReadToEndAsync(InferenceServer.Stop);
        }
        catch (IOException)
        {
            // The server hangs up on half a request: an answer nobody waits for.
        }

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
        Assert.Equal(200, (await server.InferAsync(Tensors.Request())).Status);
    }

    private static string Note(int size) => Tensors.Request(more: $$$"""{"name":"note","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":{{{size}}}}}""");
}

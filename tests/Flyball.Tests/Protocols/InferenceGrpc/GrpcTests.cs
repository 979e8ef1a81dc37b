using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Flyball.Access;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Serving;
using Flyball.Tests.Protocols.OpenInference;
using Flyball.Tests.Workspaces;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using static Flyball.Tests.Protocols.InferenceGrpc.WireCall;

namespace Flyball.Tests.Protocols.InferenceGrpc;

/// <summary>Calls over HTTP/2 without TLS, framed and encoded by means that are not the server's own.</summary>
[Collection(InferenceTests.Name)]
public sealed class GrpcTests(InferenceServer server) : IDisposable
{
    public void Dispose() => server.Deploy();

    [Fact]
    public async Task Health_and_metadata_are_told()
    {
        Assert.Equal([8, 1], (await CallAsync("ServerLive", [])).Message);
        Assert.Equal([8, 1], (await CallAsync("ServerReady", [])).Message);
        Assert.Equal([8, 1], (await CallAsync("ModelReady", Message(m => Text(m, 1, "fraud")))).Message);
        Assert.Equal("flyball", Fields((await CallAsync("ServerMetadata", [])).Message).First(f => f.Field == 1).Text);
        var model = Fields((await CallAsync("ModelMetadata", Message(m => Text(m, 1, "fraud")))).Message);
        Assert.Equal(["2", "3"], model.Where(f => f.Field == 2).Select(f => f.Text));
        Assert.Equal("transaction_id", Fields(model.First(f => f.Field == 4).Bytes)[0].Text);
        Assert.Equal(["prediction", "decision", "rung", "version", "request_id"], model.Where(f => f.Field == 5).Select(f => Fields(f.Bytes)[0].Text));
        Assert.Equal(3, Fields((await CallAsync("RepositoryIndex", [])).Message).Count);
    }

    [Fact]
    public async Task Typed_contents_are_answered_with_typed_contents()
    {
        var (status, error, message) = await CallAsync("ModelInfer", Infer(Typed()));

        Assert.True(status == 0, error);
        var fields = Fields(message);
        Assert.Equal(("fraud", "3", "x1"), (fields[0].Text, fields[1].Text, fields[2].Text));
        var prediction = Fields(fields.First(f => f.Field == 5).Bytes);
        Assert.Equal(("prediction", "FP64"), (prediction[0].Text, prediction[1].Text));
        var values = Fields(prediction.Single(f => f.Field == 5).Bytes).Single(f => f.Field == 7).Bytes;
        Assert.Equal(InferenceServer.Score(3, 2000), BitConverter.ToDouble(values, 8), 6);
        var decision = Fields(fields.Where(f => f.Field == 5).ElementAt(1).Bytes);
        Assert.Equal(["allow", "block"], Fields(decision.Single(f => f.Field == 5).Bytes).Select(f => f.Text));
        Assert.DoesNotContain(fields, f => f.Field == 6);
    }

    [Fact]
    public async Task Raw_contents_are_answered_raw()
    {
        var (status, error, message) = await CallAsync("ModelInfer", Infer(Raw(), Tensors.Doubles(100, 2000)));

        Assert.True(status == 0, error);
        var raw = Fields(message).Where(f => f.Field == 6).Select(f => f.Bytes).ToList();
        Assert.Equal(5, raw.Count);
        Assert.Equal(InferenceServer.Score(3, 100), BitConverter.ToDouble(raw[0], 0), 6);
        Assert.Equal(["allow", "block"], Tensors.ReadTexts(raw[1]));
    }

    [Fact]
    public async Task A_version_is_asked_for_by_number_and_models_that_are_not_there_are_not_found()
    {
        Assert.Equal("2", Fields((await CallAsync("ModelInfer", Infer(Typed(), version: "2"))).Message)[1].Text);
        Assert.Equal(5, (await CallAsync("ModelInfer", Infer(Typed(), version: "9"))).Status);
        Assert.Equal(5, (await CallAsync("ModelInfer", Infer(Typed(), model: "churn"))).Status);
        Assert.Equal(5, (await CallAsync("ModelReady", Message(m => Text(m, 1, "churn")))).Status);
        Assert.Equal(5, (await CallAsync("ModelMetadata", Message(m => Text(Text(m, 1, "fraud"), 2, "9")))).Status);
    }

    [Fact]
    public async Task What_cannot_be_answered_is_unavailable_and_what_is_late_is_said()
    {
        server.Swap(new TrafficPlan("fraud", server.Broken(4)));

        Assert.Equal(14, (await CallAsync("ModelInfer", Infer(Typed(), version: "4"))).Status);
        Assert.Equal(4, (await CallAsync("ModelInfer", Infer(Typed(), version: "4"), timeout: "1n")).Status);
        Assert.Equal(0, (await CallAsync("ServerLive", [], timeout: "10S")).Status);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("S")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    public async Task A_timeout_that_is_none_is_refused(string timeout) =>
        Assert.Equal(3, (await CallAsync("ModelInfer", Infer(Typed()), timeout: timeout)).Status);

    [Fact]
    public async Task Methods_that_are_not_there_are_unimplemented()
    {
        Assert.Equal(12, (await CallAsync("ModelStreamInfer", [])).Status);
        Assert.Equal(12, (await CallAsync("RepositoryModelUnload", [])).Status);
    }

    [Theory]
    [InlineData(12, new byte[] { 1, 0, 0, 0, 0 })]
    [InlineData(3, new byte[] { 2, 0, 0, 0, 0 })]
    [InlineData(3, new byte[] { })]
    [InlineData(3, new byte[] { 0, 0, 0 })]
    [InlineData(3, new byte[] { 0, 0, 0, 0, 9, 1 })]
    [InlineData(3, new byte[] { 0, 0, 0, 0, 0, 1 })]
    [InlineData(3, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(8, new byte[] { 0, 255, 255, 255, 255 })]
    [InlineData(8, new byte[] { 0, 127, 255, 255, 255, 1 })]
    public async Task Frames_that_lie_are_refused(int expected, byte[] body) =>
        Assert.Equal(expected, (await SendAsync("ModelInfer", body)).Status);

    [Fact]
    public async Task A_message_beyond_the_bound_is_exhausting()
    {
        var (status, _, _) = await CallAsync("ModelInfer", new byte[(4 << 20) + 1]);

        Assert.Equal(8, status);
        Assert.Equal(0, (await CallAsync("ServerLive", [])).Status);
    }

    public static TheoryData<string, byte[]> Lies => new()
    {
        { "a field number of 0", [0] },
        { "a length beyond the end", [10, 200, 1] },
        { "a length of ten bytes", [10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1] },
        { "a number without end", [10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255] },
        { "a group", [11] },
        { "a name that is a number", [8, 1] },
        { "a name that is no UTF-8", [10, 1, 0xFF] },
        { "no inputs", Message(m => Text(m, 1, "fraud")) },
        { "fewer raw contents than inputs", Infer([Input("amount", "FP64", 2), Input("transaction_id", "INT64", 2)], Tensors.Doubles(1, 2)) },
        { "raw and typed contents", Infer([Input("amount", "FP64", 2, m => Packed(m, 7, Tensors.Doubles(1, 2)))], Tensors.Doubles(1, 2)) },
        { "contents of another type", Infer([Input("amount", "FP64", 2, m => Packed(m, 6, [0, 0, 0, 0, 0, 0, 0, 0]))]) },
        { "contents of two types", Infer([Input("amount", "FP64", 2, m => Packed(Packed(m, 7, Tensors.Doubles(1, 2)), 3, [1]))]) },
        { "contents of no type", Infer([Input("amount", "FP16", 2, m => Packed(m, 7, Tensors.Doubles(1, 2)))]) },
        { "fewer values than rows", Infer([Input("amount", "FP64", 2, m => Packed(m, 7, Tensors.Doubles(1)))]) },
        { "half a value", Infer([Input("amount", "FP64", 2, m => Packed(m, 7, [1, 2, 3]))]) },
        { "more values than a request has rows", Infer([Input("amount", "FP64", 2, m => Packed(m, 7, new byte[8 * 1001]))]) },
        { "a number that is none", Infer([Input("amount", "FP64", 1, m => Packed(m, 7, Tensors.Doubles(double.NaN)))]) },
        { "a number too large for its type", Infer([Input("amount", "INT8", 1, m => Packed(m, 2, [200, 1]))]) },
        { "an unsigned number too large", Infer([Input("amount", "UINT64", 1, m => Packed(m, 5, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]))]) },
        { "no rows", Infer([Input("amount", "FP64", 0, m => m)]) },
        { "an unknown output", Infer(Typed(), outputs: "score") },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Messages_that_lie_are_refused(string what, byte[] message)
    {
        var before = await server.LoggedAsync();

        var (status, error, _) = await CallAsync("ModelInfer", message);

        Assert.True(status == 3, $"{what}: {status} {error}");
        Assert.NotEmpty(error);
        Assert.Equal(before, await server.LoggedAsync());
    }

    [Fact]
    public async Task No_cut_of_a_message_is_a_defect()
    {
        var good = Infer(Raw(), Tensors.Doubles(100, 2000));
        for (var cut = 0; cut < good.Length; cut += 3)
        {
            var (status, error, _) = await CallAsync("ModelInfer", good[..cut]);
            Assert.True(status is 3 or 5, $"{cut}: {status} {error}");
        }

        for (var at = 0; at < good.Length; at += 3)
        {
            var changed = good.ToArray();
            changed[at] ^= 0xFF;
            var (status, error, _) = await CallAsync("ModelInfer", changed);
            Assert.True(status is 0 or 3 or 5, $"{at}: {status} {error}");
        }
    }

    [Fact]
    public async Task Calls_over_http_1_are_told_where_to_go()
    {
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await server.Client.PostAsync(new Uri(Service + "ServerLive", UriKind.Relative), content, InferenceServer.Stop);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("FLY3408", await response.Content.ReadAsStringAsync(InferenceServer.Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_come_as_metadata()
    {
        using var project = new FraudProject();
        await using var host = await InferenceServer.StartAsync(project, InferenceServer.Keys(project, ("reader", [Permission.Read]), ("scorer", [Permission.Predict])));
        using var client = InferenceServer.Http2(host.GrpcAddress!);
        var infer = Frame(Infer(Typed()));

        Assert.Equal(0, (await SendAsync("ServerLive", Frame([]), client: client)).Status);
        Assert.Equal(16, (await SendAsync("ModelInfer", infer, client: client)).Status);
        Assert.Equal(16, (await SendAsync("ModelInfer", infer, client: client, key: "nobody")).Status);
        Assert.Equal(7, (await SendAsync("ModelInfer", infer, client: client, key: "reader")).Status);
        Assert.Equal(5, (await SendAsync("ModelInfer", infer, client: client, key: "scorer")).Status);
        Assert.Equal(7, (await SendAsync("ServerMetadata", Frame([]), client: client, key: "scorer")).Status);
    }

    [Fact]
    public async Task What_the_model_declares_of_its_requests_holds()
    {
        var predictor = server.Host.Services.GetRequiredService<Predictor>();
        var before = predictor.DefinitionOf("fraud");
        predictor.Configure(new Dictionary<string, ServeDefinition> { ["fraud"] = before with { Requests = new RequestPolicy(true, new Dictionary<string, Value> { ["amount"] = Value.FromNumber(70) }) } });
        try
        {
            var (status, error, message) = await CallAsync("ModelInfer", Infer([.. Typed()[..^1], Input("colour", "INT32", 2, m => Packed(m, 2, [1, 2]))]));

            Assert.True(status == 0, error);
            var fields = Fields(message);
            Assert.Contains(fields, f => f.Field == 4 && Encoding.UTF8.GetString(f.Bytes).Contains("defaulted", StringComparison.Ordinal));
            var values = Fields(Fields(fields.First(f => f.Field == 5).Bytes).Single(f => f.Field == 5).Bytes).Single(f => f.Field == 7).Bytes;
            Assert.Equal(InferenceServer.Score(3, 70), BitConverter.ToDouble(values, 8), 6);
        }
        finally
        {
            predictor.Configure(new Dictionary<string, ServeDefinition> { ["fraud"] = before });
        }
    }

    private static List<byte[]> Typed() =>
    [
        Input("transaction_id", "INT64", 2, m => Packed(m, 3, [1, 2])),
        Input("event_time", "BYTES", 2, m => Text(Text(m, 8, "2026-01-31T13:45:00Z"), 8, "2026-01-31T13:45:00Z")),
        Input("customer_id", "INT32", 2, m => Packed(m, 2, [7, 8])),
        Input("terminal_id", "UINT8", 2, m => Packed(m, 4, [1, 1])),
        Input("amount", "FP64", 2, m => Packed(m, 7, Tensors.Doubles(100, 2000))),
    ];

    private static List<byte[]> Raw() =>
        [Input("transaction_id", "INT64", 2), Input("event_time", "BYTES", 2), Input("customer_id", "INT32", 2), Input("terminal_id", "UINT8", 2), Input("amount", "FP64", 2)];

    private static byte[] Input(string name, string type, long rows, Func<CodedOutputStream, CodedOutputStream>? contents = null) => Message(m =>
    {
        Text(Text(m, 1, name), 2, type);
        Packed(m, 3, rows < 128 ? [(byte)rows] : throw new ArgumentOutOfRangeException(nameof(rows)));
        return contents is null ? m : Packed(m, 5, Message(contents));
    });

    private static byte[] Infer(List<byte[]> inputs, byte[]? raw = null, string model = "fraud", string version = "", string? outputs = null) => Message(m =>
    {
        Text(Text(Text(m, 1, model), 2, version), 3, "x1");
        foreach (var input in inputs)
        {
            Packed(m, 5, input);
        }

        if (outputs is not null)
        {
            Packed(m, 6, Message(o => Text(o, 1, outputs)));
        }

        byte[][] all = inputs.Count == 5
            ? [[.. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(2L)], Tensors.Texts("2026-01-31T13:45:00Z", "2026-01-31T13:45:00Z"), [7, 0, 0, 0, 8, 0, 0, 0], [1, 1], raw ?? []]
            : [raw ?? []];
        foreach (var part in raw is null ? [] : all)
        {
            Packed(m, 7, part);
        }

        return m;
    });

    private Task<(int Status, string Error, byte[] Message)> CallAsync(string method, byte[] message, string? timeout = null) => SendAsync(method, Frame(message), timeout);

    private async Task<(int Status, string Error, byte[] Message)> SendAsync(string method, byte[] body, string? timeout = null, HttpClient? client = null, string? key = null)
    {
        (string Name, string Value)[] headers = [.. key is null ? [] : (ReadOnlySpan<(string, string)>)[("authorization", "Bearer " + key)], .. timeout is null ? [] : (ReadOnlySpan<(string, string)>)[("grpc-timeout", timeout)]];
        var answer = await WireCall.SendAsync(client ?? server.Grpc, method, body, headers);
        return (answer.Status, answer.Error, answer.Message);
    }
}

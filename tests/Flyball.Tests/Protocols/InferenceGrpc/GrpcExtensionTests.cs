using System.IO.Compression;
using Flyball.Serving;
using Flyball.Tests.Protocols.OpenInference;
using static Flyball.Tests.Protocols.InferenceGrpc.WireCall;

namespace Flyball.Tests.Protocols.InferenceGrpc;

/// <summary>The calls of the protocol's extensions, and packed messages.</summary>
[Collection(InferenceTests.Name)]
public sealed class GrpcExtensionTests(InferenceServer server) : IDisposable
{
    public void Dispose() => server.Deploy();

    [Fact]
    public async Task Statistics_count_requests_rows_and_calls()
    {
        var before = await StatisticsAsync("2");

        Assert.Equal(200, (await server.InferAsync(Tensors.Request(), "/v2/models/fraud/versions/2/infer")).Status);

        var after = await StatisticsAsync("2");
        Assert.Equal(("fraud", "2"), (after.Single(f => f.Field == 1).Text, after.Single(f => f.Field == 2).Text));
        Assert.Equal((2, 2), (Rise(4), Rise(5)));
        Assert.Equal((1, 0, 1, 2, 2), (Count(1), Count(2), Count(3), Count(4), Count(5)));
        var batch = Fields(after.First(f => f.Field == 7).Bytes);
        Assert.Equal(1, Whole(batch, 1));
        Assert.True(Whole(Fields(batch.Single(f => f.Field == 3).Bytes), 2) > 0);

        long Rise(int field) => Whole(after, field) - Whole(before, field);
        long Count(int field) => CountOf(after, field) - CountOf(before, field);
    }

    [Fact]
    public async Task Statistics_of_no_model_are_those_of_all()
    {
        var all = Fields((await CallAsync("ModelStatistics", [])).Message);

        Assert.Equal(["fraud 2", "fraud 3", "kinds 1"], all.Select(s => Fields(s.Bytes)).Select(s => $"{s[0].Text} {s[1].Text}"));
        Assert.Equal(5, (await CallAsync("ModelStatistics", Message(m => Text(m, 1, "nobody")))).Status);
    }

    [Fact]
    public async Task The_configuration_is_a_message_of_its_own()
    {
        var config = Fields(Fields((await CallAsync("ModelConfig", Message(m => Text(m, 1, "kinds")))).Message).Single(f => f.Field == 1).Bytes);

        Assert.Equal(("kinds", "onnx_onnxv1", "onnxruntime", 1000L), (config.Single(f => f.Field == 1).Text, config.Single(f => f.Field == 2).Text, config.Single(f => f.Field == 17).Text, Whole(config, 4)));
        var amount = config.Where(f => f.Field == 5).Select(f => Fields(f.Bytes)).Single(i => i[0].Text == "amount");
        Assert.Equal((12L, 0L), (Whole(amount, 2), Whole(amount, 8)));
        var channel = config.Where(f => f.Field == 5).Select(f => Fields(f.Bytes)).Single(i => i[0].Text == "channel");
        Assert.Equal((13L, 1L), (Whole(channel, 2), Whole(channel, 8)));
        var probabilities = config.Where(f => f.Field == 6).Select(f => Fields(f.Bytes)).Single(o => o[0].Text == "probabilities");
        Assert.Equal([3], probabilities.Single(f => f.Field == 3).Bytes);
        Assert.Equal(5, (await CallAsync("ModelConfig", Message(m => Text(m, 1, "nobody")))).Status);
    }

    [Theory]
    [InlineData("RepositoryModelLoad")]
    [InlineData("RepositoryModelUnload")]
    public async Task Models_are_not_loaded_by_clients(string method)
    {
        var answer = await CallAsync(method, Message(m => Text(m, 2, "fraud")));

        Assert.Equal(12, answer.Status);
        Assert.Contains("FLY5070", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_packed_message_is_read(string encoding)
    {
        var asked = Message(m => Text(m, 1, "fraud"));

        var answer = await SendAsync(server.Grpc, "ModelReady", Packed(encoding, asked), ("grpc-encoding", encoding));

        Assert.True(answer.Status == 0, answer.Error);
        Assert.Equal([8, 1], answer.Message);
    }

    [Fact]
    public async Task A_packed_message_is_bounded_by_what_comes_out()
    {
        var answer = await SendAsync(server.Grpc, "ModelReady", Packed("gzip", new byte[(4 << 20) + 1]), ("grpc-encoding", "gzip"));

        Assert.Equal(8, answer.Status);
    }

    [Fact]
    public async Task A_message_that_is_not_packed_as_it_says_is_refused()
    {
        var asked = Message(m => Text(m, 1, "fraud"));

        Assert.Equal(3, (await SendAsync(server.Grpc, "ModelReady", [1, .. Frame(asked)[1..]], ("grpc-encoding", "gzip"))).Status);
        Assert.Equal(12, (await SendAsync(server.Grpc, "ModelReady", Packed("gzip", asked), ("grpc-encoding", "snappy"))).Status);
        Assert.Equal(12, (await SendAsync(server.Grpc, "ModelReady", Packed("gzip", asked))).Status);
    }

    /// <summary>What is sent plain stays plain, whatever the call says it might do.</summary>
    [Fact]
    public async Task A_plain_message_of_a_call_that_may_pack_is_read() =>
        Assert.Equal(0, (await SendAsync(server.Grpc, "ModelReady", Frame(Message(m => Text(m, 1, "fraud"))), ("grpc-encoding", "gzip"))).Status);

    [Fact]
    public async Task What_is_not_done_is_refused_by_name()
    {
        var classes = Message(m => WireCall.Packed(Text(m, 1, "prediction"), 2, Message(p => WireCall.Packed(Text(p, 1, "classification"), 2, [16, 3]))));

        var answer = await CallAsync("ModelInfer", Message(m => WireCall.Packed(Text(m, 1, "fraud"), 6, classes)));

        Assert.Equal(3, answer.Status);
        Assert.Contains("FLY5071", answer.Error, StringComparison.Ordinal);
    }

    private Task<WireAnswer> CallAsync(string method, byte[] message) => SendAsync(server.Grpc, method, Frame(message));

    private async Task<List<(int Field, byte[] Bytes, string Text)>> StatisticsAsync(string version) =>
        Fields(Fields((await CallAsync("ModelStatistics", Message(m => Text(Text(m, 1, "fraud"), 2, version)))).Message).Single().Bytes);

    private static long Whole(List<(int Field, byte[] Bytes, string Text)> message, int field) =>
        message.Where(f => f.Field == field).Select(f => BitConverter.ToInt64(f.Bytes)).SingleOrDefault();

    private static long CountOf(List<(int Field, byte[] Bytes, string Text)> statistics, int field) =>
        Whole(Fields(Fields(statistics.Single(f => f.Field == 6).Bytes).Single(f => f.Field == field).Bytes), 1);

    private static byte[] Packed(string encoding, byte[] message)
    {
        using var into = new MemoryStream();
        using (Stream packing = encoding == "gzip" ? new GZipStream(into, CompressionLevel.Optimal, true) : new ZLibStream(into, CompressionLevel.Optimal, true))
        {
            packing.Write(message);
        }

        var frame = Frame(into.ToArray());
        frame[0] = 1;
        return frame;
    }
}

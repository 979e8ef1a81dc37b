using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Serving.Backends;

/// <summary>A server of the inference protocol on a free port of this machine, that keeps what it was asked and answers as it is told.</summary>
internal sealed class RemoteStub : IAsyncDisposable
{
    private readonly WebApplication app;

    private RemoteStub(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    public ConcurrentQueue<Asked> Got { get; } = [];

    /// <summary>Answers with the score of the given inputs when it is not told otherwise.</summary>
    public Func<HttpContext, float[], Task> Answer { get; set; } = (context, inputs) => context.Response.WriteAsync(Scored(inputs[0] / 1000));

    public static string Scored(double score, string datatype = "FP32", string shape = "[1,1]") =>
        FormattableString.Invariant($$"""{"model_name":"far","outputs":[{"name":"score","datatype":"{{datatype}}","shape":{{shape}},"data":[{{score:R}}]}]}""");

    /// <summary>A score for each row.</summary>
    public static string ScoredAll(double[] scores) =>
        FormattableString.Invariant($$"""{"model_name":"far","outputs":[{"name":"score","datatype":"FP64","shape":[{{scores.Length}}],"data":[{{string.Join(',', scores.Select(s => s.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}}]}]}""");

    public static async Task<RemoteStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var stub = new RemoteStub(builder.Build());
        stub.app.MapPost("/{**path}", stub.TakeAsync);
        await stub.app.StartAsync(TestContext.Current.CancellationToken);
        stub.Url = stub.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return stub;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        var bytes = buffer.ToArray();
        var length = context.Request.Headers["Inference-Header-Content-Length"] is [{ } text] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : bytes.Length;
        var json = JsonNode.Parse(bytes.AsSpan(0, length))!;
        var input = json["inputs"]![0]!;
        var values = length == bytes.Length
            ? [.. input["data"]!.AsArray().Select(v => (float)v!.GetValue<double>())]
            : Enumerable.Range(0, (bytes.Length - length) / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(length + (i * 4)))).ToArray();
        Got.Enqueue(new Asked(context.Request.Path, input, values, context.Request.Headers["X-Flyball-Timeout"].ToString(), length < bytes.Length));
        await Answer(context, values);
    }

    /// <param name="Path">Of the request.</param>
    /// <param name="Input">The tensor without its binary values.</param>
    /// <param name="Values">Its values.</param>
    /// <param name="Timeout">The limit that was passed on, in milliseconds.</param>
    /// <param name="IsBinary">The values came behind the JSON.</param>
    internal sealed record Asked(string Path, JsonNode Input, float[] Values, string Timeout, bool IsBinary);
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Serving;
using Flyball.Serving.Admission;
using Flyball.Serving.Degradation;
using Flyball.Tests.Protocols.OpenInference;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Serving.Admission;

/// <summary>
/// A model whose door is full refuses what comes before it is read: bodies that are no good are told so only when there is room, whatever way they come, and the
/// refusal is in the form of the way.
/// </summary>
[Collection(InferenceTests.Name)]
public sealed class EarlyRefusalTests : IDisposable
{
    private const string NoJson = "{\"instances\": [ this is no JSON, and that is found out by whoever reads it ] }";

    /// <summary>A call for the model <c>fraud</c> with nothing behind its name, which no decoder takes.</summary>
    private static readonly byte[] NoInputs = [0, 0, 0, 0, 7, 10, 5, .. "fraud"u8];

    private readonly InferenceServer server;
    private readonly ServeDefinition before;
    private readonly ModelDoor door;

    public EarlyRefusalTests(InferenceServer server)
    {
        this.server = server;
        var predictor = server.Host.Services.GetRequiredService<Predictor>();
        before = predictor.DefinitionOf("fraud");
        Configure(before with { Concurrency = 1 });
        door = server.Host.Services.GetRequiredService<ModelAdmission>().DoorOf("fraud", predictor.DefinitionOf("fraud"));
        for (var i = 0; i < 200; i++)
        {
            // Ten milliseconds a row: worth a place.
            door.Note(1, TimeProvider.System.GetTimestamp() - (TimeProvider.System.TimestampFrequency / 100));
        }

        foreach (var route in (PredictionRoute[])[PredictionRoute.Predict, PredictionRoute.InferenceHttp, PredictionRoute.InferenceGrpc, PredictionRoute.Invocations])
        {
            door.NoteLength(route, 1, 5);
        }
    }

    public void Dispose() => Configure(before);

    [Theory]
    [InlineData("/v1/models/fraud/predict")]
    [InlineData("/v1/models/fraud/invocations")]
    [InlineData("/v2/models/fraud/infer")]
    public async Task Http_is_refused_unread(string path)
    {
        await using (await FullAsync())
        {
            var (status, text, retry) = await PostAsync(path);
            Assert.Equal((503, 1), (status, retry));
            var document = JsonNode.Parse(text)!.AsObject();
            if (path.StartsWith("/v2", StringComparison.Ordinal))
            {
                Assert.EndsWith("(FLY5004)", (string)document["error"]!, StringComparison.Ordinal);
                Assert.Single(document);
            }
            else
            {
                Assert.Equal(("FLY5004", 503), ((string)document["code"]!, (int)document["status"]!));
            }
        }

        // Read, found to be no good, and the place given back.
        var (read, why, _) = await PostAsync(path);
        Assert.Equal(400, read);
        Assert.Contains("not JSON", why, StringComparison.Ordinal);
        Assert.Equal(0, door.Queue.Running);
    }

    [Fact]
    public async Task Grpc_is_refused_before_its_tensors_are_decoded()
    {
        await using (await FullAsync())
        {
            var refused = await CallAsync();
            Assert.Equal(("14", "1000"), (refused["grpc-status"], refused["grpc-retry-pushback-ms"]));
            Assert.Contains("FLY5004", refused["grpc-message"], StringComparison.Ordinal);
        }

        Assert.Equal("3", (await CallAsync())["grpc-status"]);
        Assert.Equal(0, door.Queue.Running);
    }

    /// <summary>A tenant's flood is its own: another model behind the same server is answered.</summary>
    [Fact]
    public async Task Another_models_door_stays_open()
    {
        await using (await FullAsync())
        {
            var (status, answer) = await server.InferAsync(Tensors.Request(), "/v2/models/kinds/infer");
            Assert.True(status == 200, answer.ToJsonString());
        }
    }

    private void Configure(ServeDefinition fraud) => server.Host.Services.GetRequiredService<Predictor>().Configure(new Dictionary<string, ServeDefinition> { ["fraud"] = fraud });

    /// <summary>Takes the only place and has more work wait than may; disposing ends both.</summary>
    private async Task<IAsyncDisposable> FullAsync()
    {
        Assert.Equal(AdmissionOutcome.Admitted, await door.Queue.EnterAsync(Priority.Live, 1, Deadline.None, InferenceServer.Stop));
        var gone = new CancellationTokenSource();
        return new Full(door, gone, door.Queue.EnterAsync(Priority.Live, 1e12, Deadline.None, gone.Token).AsTask());
    }

    private async Task<(int Status, string Text, int? RetryAfter)> PostAsync(string path)
    {
        using var content = new StringContent(NoJson, Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, InferenceServer.Stop);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(InferenceServer.Stop), (int?)response.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    private async Task<Dictionary<string, string>> CallAsync()
    {
        using var content = new ByteArrayContent(NoInputs);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/inference.GRPCInferenceService/ModelInfer", UriKind.Relative))
        {
            Content = content,
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await server.Grpc.SendAsync(request, InferenceServer.Stop);
        await response.Content.ReadAsByteArrayAsync(InferenceServer.Stop);
        return response.Headers.Concat(response.TrailingHeaders).ToDictionary(h => h.Key, h => h.Value.First(), StringComparer.Ordinal);
    }

    private sealed class Full(ModelDoor door, CancellationTokenSource gone, Task<AdmissionOutcome> waits) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
            gone.Dispose();
            door.Queue.Leave();
        }
    }
}

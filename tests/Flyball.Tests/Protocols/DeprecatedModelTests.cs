using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Registry;
using Flyball.Tests.Protocols.InferenceGrpc;
using Flyball.Tests.Protocols.OpenInference;
using Flyball.Tests.Registry;
using Microsoft.Extensions.DependencyInjection;
using static Flyball.Tests.Protocols.InferenceGrpc.WireCall;

namespace Flyball.Tests.Protocols;

/// <summary>What the users of a deprecated model are told, whichever way they ask.</summary>
[Collection(ChangedServer.Name)]
public sealed class DeprecatedModelTests(ChangedServer changed) : IAsyncLifetime
{
    private const string End = "Sat, 31 Dec 2050 23:59:59 GMT";

    private readonly InferenceServer server = changed.Server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ModelRegistry Registry => server.Host.Services.GetRequiredService<ModelRegistry>();

    public async ValueTask InitializeAsync()
    {
        if (Registry.Names.Find("fraud") is null)
        {
            Assert.True((await Registry.Names.CreateAsync(new ModelDraft("fraud"), RegistryFixture.Author, Stop)).Ok);
        }

        using var told = await server.Client.PostAsJsonAsync("/v1/models/fraud/deprecate", new { sunset = "2050-12-31", note = "Ask the other one." }, Stop);
        Assert.True(told.IsSuccessStatusCode, await told.Content.ReadAsStringAsync(Stop));
    }

    public async ValueTask DisposeAsync() => await Registry.Deprecations.RestoreAsync("fraud", RegistryFixture.Author, null, CancellationToken.None);

    [Theory]
    [InlineData("/v2/models/fraud/infer")]
    [InlineData("/v2/models/fraud/versions/2/infer")]
    [InlineData("/v1/models/fraud/predict")]
    [InlineData("/v1/models/fraud/invocations")]
    public async Task Every_answer_over_HTTP_tells_that_the_model_ends(string path)
    {
        var headers = await HeadersAsync(path);

        Assert.Matches("^@[0-9]+$", headers.GetValues("Deprecation").Single());
        Assert.Equal(End, headers.GetValues("Sunset").Single());

        // No version of a model that ends is a way on.
        Assert.False(headers.Contains("Link"));
    }

    [Fact]
    public async Task Calls_carry_it_as_metadata_before_the_message()
    {
        var answer = await WireCall.SendAsync(server.Grpc, "ModelMetadata", Frame(Message(m => Text(m, 1, "fraud"))));

        Assert.Equal(0, answer.Status);
        Assert.Matches("^@[0-9]+$", answer.Headers["deprecation"]);
        Assert.Equal(End, answer.Headers["sunset"]);
        Assert.DoesNotContain("sunset", (await WireCall.SendAsync(server.Grpc, "ModelMetadata", Frame(Message(m => Text(m, 1, "kinds"))))).Headers.Keys);
    }

    [Fact]
    public async Task What_is_taken_back_is_told_no_more()
    {
        using var taken = await server.Client.DeleteAsync(new Uri("/v1/models/fraud/deprecate?reason=kept", UriKind.Relative), Stop);

        Assert.True(taken.IsSuccessStatusCode);
        Assert.False((await HeadersAsync("/v1/models/fraud/predict")).Contains("Deprecation"));
        Assert.False((await HeadersAsync("/v2/models/fraud/infer")).Contains("Deprecation"));
    }

    [Theory]
    [InlineData("soon", 400, "FLY3972")]
    [InlineData("2020-01-01", 400, "FLY3972")]
    public async Task A_date_that_cannot_be_is_refused_and_changes_nothing(string sunset, int status, string code)
    {
        using var refused = await server.Client.PostAsJsonAsync("/v1/models/fraud/deprecate", new { sunset }, Stop);

        Assert.Equal((status, code), ((int)refused.StatusCode, (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>(Stop))!["code"]));
        Assert.Equal(End, (await HeadersAsync("/v2/models/fraud/infer")).GetValues("Sunset").Single());
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_not_found()
    {
        using var refused = await server.Client.PostAsJsonAsync("/v1/models/nobody/deprecate", new { }, Stop);

        Assert.Equal(404, (int)refused.StatusCode);
    }

    private async Task<HttpResponseHeaders> HeadersAsync(string path)
    {
        const string Row = """{"transaction_id":1,"event_time":"2026-01-31T13:45:00Z","customer_id":7,"terminal_id":1,"amount":100}""";
        var body = path.StartsWith("/v2/", StringComparison.Ordinal) ? Tensors.Request() : path.EndsWith("/predict", StringComparison.Ordinal) ? Row : $$"""{"dataframe_records":[{{Row}}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
        return response.Headers;
    }
}

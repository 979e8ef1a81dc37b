using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Serving;
using Flyball.Tests.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Serving;

public sealed class PredictEndpointTests : IAsyncLifetime
{
    private readonly ServingFixture fixture = new();
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        fixture.Traffic.Swap(new TrafficPlan(ServingFixture.Model, fixture.Version(2)));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton(fixture.World.Time).AddSingleton<TimeProvider>(fixture.World.Time).AddSingleton(fixture.Log).AddSingleton(fixture.Predictor).AddSingleton(fixture.Reproduction).AddSingleton(new RequestIds(7)).AddServing();
        app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>(new AccessOptions());
        app.MapServing();
        await app.StartAsync();
        client = app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task One_request_gets_one_answer()
    {
        var (status, answer) = await PostAsync(Row(1, 100));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["request_id", "model", "version", "digest", "prediction", "decision", "rung", "horizon"], answer.Select(m => m.Key));
        Assert.Equal(("fraud", 2, "allow", "full"), ((string)answer["model"]!, (int)answer["version"]!, (string)answer["decision"]!, (string)answer["rung"]!));
        Assert.Equal(ServingFixture.Score(2), (double)answer["prediction"]!, 6);
    }

    [Fact]
    public async Task A_request_of_a_test_is_answered_and_logged_as_one()
    {
        client.DefaultRequestHeaders.Add("X-Flyball-Purpose", "test");

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Row(1, 100))).Status);

        await fixture.World.Workspace.Predictions.FlushAsync();
        var logged = PredictionCodec.Decode(fixture.World.Workspace.Predictions.Read(default, Engine.Time.Horizon.Unbounded).Single().Payload.Span);
        Assert.Equal((PredictionRoute.Test, true), (logged.Route, logged.IsTest));
        Assert.Null(new ServedCounts(fixture.World.Workspace).Of(ServingFixture.Model, logged.Digest, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Test")]
    [InlineData("fun")]
    public async Task A_purpose_that_is_not_known_is_refused(string purpose)
    {
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Flyball-Purpose", purpose);

        var (status, problem) = await PostAsync(Row(1, 100));

        Assert.Equal((HttpStatusCode.BadRequest, "FLY3930"), (status, (string)problem["code"]!));
        Assert.Equal(0, await LoggedAsync());
    }

    [Fact]
    public async Task Instances_are_answered_in_their_order()
    {
        var (status, answer) = await PostAsync($$"""{"instances":[{{Row(1, 100)}},{{Row(2, 2000)}},{{Row(3, 0)}}]}""");

        Assert.Equal(HttpStatusCode.OK, status);
        var predictions = answer["predictions"]!.AsArray();
        Assert.Equal(["allow", "block", "allow"], predictions.Select(p => (string)p!["decision"]!));
        Assert.Equal(3, predictions.Select(p => (string)p!["request_id"]!).Distinct().Count());
        Assert.Equal(3, await LoggedAsync());
    }

    /// <summary>A caller who is refused was told no prediction: then none may stand in the log.</summary>
    [Fact]
    public async Task Bad_instances_are_all_named_and_none_is_predicted()
    {
        var (status, answer) = await PostAsync($$"""{"instances":[{{Row(1, 100)}},{{Row(2, -1)}},{"transaction_id":3},5]}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        var fields = answer["errors"]!.AsArray().Select(e => (string)e!["field"]!).ToList();
        Assert.Contains("instances[1].amount", fields);
        Assert.Contains("instances[2].customer_id", fields);
        Assert.Contains("instances[3]", fields);
        Assert.DoesNotContain(fields, f => f.StartsWith("instances[0]", StringComparison.Ordinal));
        Assert.Equal(0, await LoggedAsync());
    }

    [Fact]
    public async Task A_bad_field_of_one_request_is_named()
    {
        var (status, answer) = await PostAsync(Row(1, -1));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("amount", (string)answer["errors"]![0]!["field"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("nonsense")]
    [InlineData("{\"instances\":5}")]
    [InlineData("{\"instances\":[]}")]
    [InlineData("{\"instances\":[{}")]
    [InlineData("{\"instances\":[{}],\"more\":1}")]
    [InlineData("{\"instances\":[{}]} {}")]
    public async Task What_is_no_request_is_refused(string body)
    {
        var (status, _) = await PostAsync(body);

        Assert.InRange((int)status, 400, 422);
        Assert.Equal(0, await LoggedAsync());
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.OK)]
    [InlineData(1001, HttpStatusCode.BadRequest)]
    public async Task A_request_holds_a_thousand_instances_at_most(int count, HttpStatusCode expected)
    {
        var (status, _) = await PostAsync($$"""{"instances":[{{string.Join(',', Enumerable.Range(1, count).Select(i => Row(i, 1)))}}]}""");

        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_a_mebibyte_is_refused_whether_it_states_its_length_or_not(bool stated)
    {
        var body = Encoding.UTF8.GetBytes(Row(1, 100) + new string(' ', 1 << 20));
        using HttpContent content = stated ? new ByteArrayContent(body) : new StreamContent(new UnsizedStream(body));
        content.Headers.ContentType = new("application/json");

        using var answer = await client.PostAsync(new Uri("/v1/models/fraud/predict", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_model_that_is_not_deployed_is_not_found() =>
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(Row(1, 100), "churn")).Status);

    [Fact]
    public async Task When_nothing_can_answer_the_caller_is_told_to_retry()
    {
        fixture.Predictor.Configure(new Dictionary<string, ServeDefinition> { [ServingFixture.Model] = new(false, null) });
        fixture.Traffic.Swap(new TrafficPlan(ServingFixture.Model, fixture.Broken(2)));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync(Row(1, 100))).Status);
    }

    [Fact]
    public async Task An_answer_names_its_rung()
    {
        fixture.Traffic.Swap(new TrafficPlan(ServingFixture.Model, fixture.Version(2), null, new CanaryTraffic("r", fixture.Broken(3), 1)));

        var (_, answer) = await PostAsync(Row(1, 100));

        Assert.Equal(("champion", "canary", 2), ((string)answer["rung"]!, (string)answer["arm"]!, (int)answer["version"]!));
    }

    [Fact]
    public async Task A_prediction_is_made_again_by_its_request_id()
    {
        var (_, answer) = await PostAsync(Row(1, 100));

        var again = JsonNode.Parse(await client.GetStringAsync(new Uri($"/v1/predictions/{answer["request_id"]}/reproduce", UriKind.Relative), TestContext.Current.CancellationToken))!;
        using var missing = await client.GetAsync(new Uri("/v1/predictions/nobody/reproduce", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.True((bool)again["identical"]!);
        Assert.Equal((double)answer["prediction"]!, (double)again["reproduced"]!);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private static string Row(long id, decimal amount) => ProjectWorkspace.Payment(id, ServingFixture.Noon, 1, 1, amount);

    private async Task<(HttpStatusCode Status, JsonObject Answer)> PostAsync(string body, string model = ServingFixture.Model)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"/v1/models/{model}/predict", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject());
    }

    private async Task<long> LoggedAsync()
    {
        await fixture.World.Workspace.Predictions.FlushAsync();
        return fixture.World.Workspace.Predictions.Durable.Seq;
    }
}

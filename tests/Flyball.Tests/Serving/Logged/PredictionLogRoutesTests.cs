using System.Net;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Serving.Logged;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Serving.Logged;

public sealed class PredictionLogRoutesTests : IAsyncLifetime
{
    private readonly ServingFixture fixture = new();
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(fixture.World.Time).AddSingleton(fixture.World.Workspace).AddSingleton(fixture.Project).AddSingleton<IBundleSource>(fixture)
            .AddSingleton(fixture.Log).AddSingleton(fixture.Predictor).AddSingleton(fixture.Reproduction).AddSingleton(new RequestIds(7)).AddServing();
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
    public async Task A_prediction_is_shown_whole_by_its_request_id()
    {
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2), null, new CanaryTraffic("r7", fixture.Version(3), 1));
        var made = fixture.Predict(plan, 250)!;
        fixture.Predict(plan, 99);

        var (status, shown) = await GetAsync($"/v1/predictions/{made.RequestId}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ["request_id", "model", "version", "digest", "chosen_version", "by_version", "route", "rollout", "arm", "share", "rung", "features_from", "caller", "instant", "horizon", "logged_at", "position",
             "latency_micros", "request", "features", "raw", "score", "probabilities", "decision"],
            shown.Select(m => m.Key));
        Assert.Equal((made.RequestId, "fraud", 3, made.Digest.Hex), ((string)shown["request_id"]!, (string)shown["model"]!, (int)shown["version"]!, (string)shown["digest"]!));
        Assert.Equal(("predict", "r7", "canary", "full", "live", "tester"), ((string)shown["route"]!, (string)shown["rollout"]!, (string)shown["arm"]!, (string)shown["rung"]!, (string)shown["features_from"]!, (string)shown["caller"]!));
        Assert.Equal((made.Score, made.Decision, 1L), ((double)shown["score"]!, (string)shown["decision"]!, (long)shown["position"]!));
        Assert.Equal(250, (double)shown["request"]!["amount"]!);
        var features = shown["features"]!.AsArray();
        Assert.Equal(["transaction.amount", "transaction.is_night", "customer_activity.count_7d", "customer_activity.count_30d", "terminal_risk.count_28d"], features.Select(f => (string)f!["name"]!));
        Assert.Equal(250, (double)features[0]!["value"]!);
        Assert.All(features, f => Assert.Equal("PRESENT", (string)f!["status"]!));
    }

    [Fact]
    public async Task An_id_that_was_not_logged_is_not_found()
    {
        fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Version(2)));

        var (status, problem) = await GetAsync("/v1/predictions/0000000000000007-000000ff");

        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), (status, (string)problem["code"]!));
    }

    /// <summary>Instants need not rise along the log: it is the instant that decides, and the log that orders.</summary>
    [Fact]
    public async Task A_list_holds_the_instants_asked_for_newest_first()
    {
        PredictAt(3, 0, 5, 2, 9, 4);

        var (_, all) = await GetAsync("/v1/models/fraud/predictions");
        var (_, some) = await GetAsync($"/v1/models/fraud/predictions?from={Hour(2)}&to={Hour(5)}");
        var (_, oldest) = await GetAsync($"/v1/models/fraud/predictions?from={Hour(2)}&to={Hour(5)}&order=oldest");

        Assert.Equal([6, 5, 4, 3, 2, 1], Positions(all));
        Assert.Equal([6, 4, 1], Positions(some));
        Assert.Equal([1, 4, 6], Positions(oldest));
        Assert.Null(some["next"]);
    }

    [Theory]
    [InlineData("newest")]
    [InlineData("oldest")]
    public async Task Parts_of_a_list_join_to_the_whole(string order)
    {
        PredictAt([.. Enumerable.Range(0, 23).Select(i => i * 5 % 23)]);
        var (_, whole) = await GetAsync($"/v1/models/fraud/predictions?order={order}&from={Hour(3)}");

        List<long> joined = [];
        var after = "";
        do
        {
            var (_, part) = await GetAsync($"/v1/models/fraud/predictions?order={order}&from={Hour(3)}&limit=4{after}");
            joined.AddRange(Positions(part));
            after = part["next"] is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);

        Assert.Equal(20, joined.Count);
        Assert.Equal(Positions(whole), joined);
    }

    [Fact]
    public async Task A_list_is_narrowed_to_a_version_and_a_rung()
    {
        var broken = new TrafficPlan(ServingFixture.Model, fixture.Broken(4));
        fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Version(2)));
        fixture.Predict(new TrafficPlan(ServingFixture.Model, fixture.Version(3)));
        fixture.Predict(broken);

        Assert.Equal([2], Positions((await GetAsync("/v1/models/fraud/predictions?version=3")).Body));
        Assert.Equal([3], Positions((await GetAsync("/v1/models/fraud/predictions?rung=rule")).Body));
        Assert.Empty(Positions((await GetAsync("/v1/models/fraud/predictions?rung=rule&version=3")).Body));
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2018-05-02T00:00:00Z&to=2018-05-01T00:00:00Z", "from")]
    [InlineData("rung=none", "rung")]
    [InlineData("order=up", "order")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("after=-1", "after")]
    public async Task A_question_that_cannot_be_meant_is_refused_by_its_word(string query, string field)
    {
        var (status, problem) = await GetAsync($"/v1/models/fraud/predictions?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, field), (status, (string)problem["errors"]![0]!["field"]!));
    }

    [Fact]
    public async Task A_model_that_nobody_knows_is_not_found() =>
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/v1/models/churn/predictions")).Status);

    /// <summary>What stands in the log's index is what stands in the record.</summary>
    [Fact]
    public async Task The_index_reads_id_model_and_instant_of_every_record()
    {
        PredictAt(7);
        await fixture.World.Workspace.Predictions.FlushAsync();
        var record = fixture.World.Workspace.Predictions.Read(default, Horizon.Unbounded).Single();
        var whole = PredictionCodec.Decode(record.Payload.Span);

        var head = PredictionHead.Of(record);

        Assert.Equal((PredictionHead.KeyOf(whole.RequestId), whole.Model, whole.Instant.Micros), (head!.Value.Key, head.Value.Group, head.Value.Micros));
        Assert.Null(PredictionHead.Of(record with { Stream = "other" }));
        for (var length = 0; length < 60; length++)
        {
            Assert.Null(PredictionHead.Of(record with { Payload = record.Payload[..length] }));
        }
    }

    private static string Hour(int hour) => Uri.EscapeDataString(At(hour).ToString());

    private static EventTime At(int hour) => new(ServingFixture.Noon.Micros + (hour * 3_600_000_000L));

    private static List<long> Positions(JsonObject list) => [.. list["predictions"]!.AsArray().Select(p => (long)p!["position"]!)];

    private void PredictAt(params int[] hours)
    {
        var plan = new TrafficPlan(ServingFixture.Model, fixture.Version(2));
        foreach (var hour in hours)
        {
            Assert.NotNull(fixture.Predict(plan, at: At(hour)));
        }
    }

    private async Task<(HttpStatusCode Status, JsonObject Body)> GetAsync(string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject());
    }
}

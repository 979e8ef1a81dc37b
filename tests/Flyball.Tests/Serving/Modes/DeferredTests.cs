using System.Net;
using System.Text.Json.Nodes;
using Flyball.Serving;
using Flyball.Serving.Admission;
using Flyball.Serving.Deferred;
using Flyball.Serving.Degradation;
using Flyball.Tests.Registry.Webhooks;
using Flyball.Tests.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Serving.Modes;

/// <summary>Requests that are answered later: kept before they are acknowledged, answered once in effect, forgotten in time.</summary>
public sealed class DeferredTests
{
    [Fact]
    public async Task A_request_is_acknowledged_then_answered_and_survives_a_stop_between()
    {
        await using var server = await ModesServer.StartAsync();
        using var accepted = await server.PostAsync($"/v1/models/{ModesServer.Model}/predict?mode=async", ModesServer.Row(1, 100));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var told = await ModesServer.JsonAsync(accepted);
        var one = (string)told["job_id"]!;
        Assert.Equal(($"/v1/predictions/jobs/{one}", $"/v1/predictions/jobs/{one}"), (accepted.Headers.Location!.OriginalString, (string)told["status_url"]!));
        var two = await server.DeferAsync($$"""{"instances":[{{ModesServer.Row(2, 100)}},{{ModesServer.Row(3, 400)}}]}""");
        using (var waiting = await server.Client.GetAsync(accepted.Headers.Location, TestContext.Current.CancellationToken))
        {
            Assert.Equal(("1", "queued"), (waiting.Headers.RetryAfter!.ToString(), (string)(await ModesServer.JsonAsync(waiting))["state"]!));
        }

        await server.RestartAsync();
        Assert.Equal(2, await server.PumpJobsAsync());
        Assert.Equal(0, await server.PumpJobsAsync());
        var first = await server.JobAsync(one);
        Assert.Equal(("done", one, 2), ((string)first["state"]!, (string)first["result"]!["request_id"]!, (int)first["result"]!["version"]!));
        Assert.Equal(ModesServer.Score(2), (double)first["result"]!["prediction"]!, 6);
        var second = (await server.JobAsync(two))["result"]!["predictions"]!.AsArray();
        Assert.Equal([$"{two}-0", $"{two}-1"], second.Select(p => (string)p!["request_id"]!));
        Assert.Equal(ModesServer.Score(2, 400), (double)second[1]!["prediction"]!, 6);
        var logged = await server.LoggedAsync();
        Assert.Equal([one, $"{two}-0", $"{two}-1"], logged.Select(r => r.RequestId));
        Assert.All(logged, r => Assert.Equal((PredictionRoute.Deferred, "local"), (r.Route, r.Caller)));
    }

    /// <summary>The step before the answer is kept is the log of its predictions: a stop between them leaves predictions that nobody was told.</summary>
    [Fact]
    public async Task A_stop_between_the_log_and_the_answer_leaves_one_answer_and_it_is_the_logged_one()
    {
        await using var server = await ModesServer.StartAsync();
        var id = await server.DeferAsync(ModesServer.Row(1, 100));
        var rows = new[] { RequestRow.Read(server.Plan, System.Text.Encoding.UTF8.GetBytes(ModesServer.Row(1, 100)), out _) };
        var made = await server.Desk.PredictAsync(server.Plan, rows, new PredictionTerms(PredictionRoute.Deferred, 0, "local", null, Priority.Batch) { Name = id }, TestContext.Current.CancellationToken);
        Assert.Null((await server.Desk.KeepOnceAsync(id, made.Records, TestContext.Current.CancellationToken)).Problem);

        await server.RestartAsync(version: 5);
        Assert.Equal(1, await server.PumpJobsAsync());
        var job = await server.JobAsync(id);
        Assert.Equal((2, id), ((int)job["result"]!["version"]!, (string)job["result"]!["request_id"]!));
        Assert.Equal(2, Assert.Single(await server.LoggedAsync()).Version);
    }

    [Fact]
    public async Task A_request_of_a_test_is_not_answered_later()
    {
        await using var server = await ModesServer.StartAsync();

        using var refused = await server.PostAsync($"/v1/models/{ModesServer.Model}/predict?mode=async", ModesServer.Row(1), ("X-Flyball-Purpose", "test"));

        Assert.Equal((400, "FLY3930"), ((int)refused.StatusCode, (string)(await ModesServer.JsonAsync(refused))["code"]!));
        Assert.Equal(0, await server.PumpJobsAsync());
    }

    [Fact]
    public async Task Too_many_are_refused_and_a_key_finds_its_job_again()
    {
        await using var server = await ModesServer.StartAsync("  async: { queue: 2, keep: 1h }\n");
        const string path = $"/v1/models/{ModesServer.Model}/predict?mode=async";
        using var first = await server.PostAsync(path, ModesServer.Row(1), ("Idempotency-Key", "a"));
        using var again = await server.PostAsync(path, ModesServer.Row(1), ("Idempotency-Key", "a"));
        Assert.Equal(((string)(await ModesServer.JsonAsync(first))["job_id"]!, "true"), ((string)(await ModesServer.JsonAsync(again))["job_id"]!, again.Headers.GetValues("Idempotent-Replayed").Single()));
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        using var reused = await server.PostAsync(path, ModesServer.Row(9), ("Idempotency-Key", "a"));
        Assert.Equal((422, "FLY4092"), ((int)reused.StatusCode, (string)(await ModesServer.JsonAsync(reused))["code"]!));
        var last = await server.DeferAsync(ModesServer.Row(2));
        using var refused = await server.PostAsync(path, ModesServer.Row(3));
        Assert.Equal((503, "FLY5030", "1"), ((int)refused.StatusCode, (string)(await ModesServer.JsonAsync(refused))["code"]!, refused.Headers.RetryAfter!.ToString()));
        Assert.Equal(2, await server.PumpJobsAsync());
        await server.DeferAsync(ModesServer.Row(3));

        Assert.Equal("done", (string)(await server.JobAsync(last))["state"]!);
        server.Time.Advance(TimeSpan.FromMinutes(61));
        await server.PumpJobsAsync();
        Assert.Equal("FLY4004", (string)(await server.JobAsync(last))["code"]!);
    }

    [Fact]
    public async Task What_is_no_request_is_refused_at_once_and_an_answer_is_its_callers_alone()
    {
        await using var server = await ModesServer.StartAsync();
        foreach (var (path, body, code) in ((string, string, string)[])[
            ($"/v1/models/{ModesServer.Model}/predict?mode=later", ModesServer.Row(1), "FLY5031"),
            ($"/v1/models/{ModesServer.Model}/predict?mode=async", ModesServer.Row(1, -1), "FLY3103"),
            ($"/v1/models/{ModesServer.Model}/predict?mode=async&webhook=nobody", ModesServer.Row(1), "FLY5031"),
            ("/v1/models/none/predict?mode=async", ModesServer.Row(1), "FLY4004")])
        {
            using var refused = await server.PostAsync(path, body);
            Assert.Equal(code, (string)(await ModesServer.JsonAsync(refused))["code"]!);
        }

        Assert.Equal(0, server.Services.GetRequiredService<DeferredPredictions>().Store.Waits());
        var id = await server.DeferAsync(ModesServer.Row(1));
        await server.PumpJobsAsync();
        server.Client.DefaultRequestHeaders.Add("X-Flyball-Actor", "somebody");
        Assert.Equal("FLY4004", (string)(await server.JobAsync(id))["code"]!);
    }

    [Fact]
    public async Task The_webhook_that_is_named_is_told_once_and_no_other()
    {
        await using var server = await ModesServer.StartAsync();
        await using var named = await WebhookReceiver.StartAsync();
        await using var other = await WebhookReceiver.StartAsync();
        using (var registered = await server.PostAsync("/v1/models", $$"""{"name":"{{ModesServer.Model}}"}"""))
        {
            Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        foreach (var (name, url) in ((string, string)[])[("scores", named.Url), ("others", other.Url)])
        {
            using var made = await server.PostAsync(
                "/v1/registry/webhooks", new JsonObject { ["name"] = name, ["url"] = url, ["secret"] = "s", ["events"] = new JsonArray(new JsonObject { ["entity"] = "prediction_job", ["action"] = "completed" }) }.ToJsonString());
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        var id = await server.DeferAsync(ModesServer.Row(1), "&webhook=scores");
        await server.DeferAsync(ModesServer.Row(2));
        Assert.Equal(2, await server.PumpJobsAsync());
        await server.PumpWebhooksAsync();
        await server.PumpWebhooksAsync();
        Assert.Empty(other.Got);
        var got = Assert.Single(named.Got);
        Assert.Equal(("prediction_job", "completed", id, "done"), ((string)got.Body["entity"]!, (string)got.Body["action"]!, (string)got.Body["data"]!["job_id"]!, (string)got.Body["data"]!["state"]!));
        Assert.Equal($"/v1/predictions/jobs/{id}", (string)got.Body["data"]!["status_url"]!);
        Assert.StartsWith("v1,", got.Headers["X-MLflow-Signature"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_work_goes_first_and_the_request_waits_for_a_place()
    {
        await using var server = await ModesServer.StartAsync("  concurrency: 1\n");
        var door = server.Services.GetRequiredService<ModelAdmission>().DoorOf(ModesServer.Model, server.Services.GetRequiredService<Predictor>().DefinitionOf(ModesServer.Model));
        Assert.Equal(AdmissionOutcome.Admitted, await door.Queue.EnterAsync(Priority.Live, 1, Deadline.None, TestContext.Current.CancellationToken));
        var id = await server.DeferAsync(ModesServer.Row(1));
        Assert.Equal(0, await server.PumpJobsAsync());
        Assert.Equal("queued", (string)(await server.JobAsync(id))["state"]!);
        door.Queue.Leave();
        Assert.Equal(1, await server.PumpJobsAsync());
        Assert.Equal("done", (string)(await server.JobAsync(id))["state"]!);
    }

    /// <summary>A score above the declared range is no answer: such a request can never be answered, and says nothing about the others.</summary>
    [Fact]
    public async Task A_request_that_nothing_can_answer_holds_up_none_behind_it_and_fails_in_the_end()
    {
        await using var server = await ModesServer.StartAsync("  answer: { maximum: 0.9 }\n");
        string[] never = [await server.DeferAsync(ModesServer.Row(1, 9_000)), await server.DeferAsync(ModesServer.Row(2, 9_000))];
        var good = await server.DeferAsync(ModesServer.Row(3));

        Assert.Equal(1, await server.PumpJobsAsync());
        Assert.Equal("done", (string)(await server.JobAsync(good))["state"]!);
        Assert.All(await Task.WhenAll(never.Select(server.JobAsync)), job => Assert.Equal("queued", (string)job["state"]!));
        server.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, await server.PumpJobsAsync());
        Assert.All(await Task.WhenAll(never.Select(server.JobAsync)), job => Assert.Equal(("failed", "FLY5001"), ((string)job["state"]!, (string)job["problem"]!["code"]!)));
    }

    [Fact]
    public void A_request_that_failed_is_tried_again_after_rising_times()
    {
        var time = new ManualTimeProvider();
        var retries = new RetryTimes(time);
        Assert.False(retries.WasTried("a"));
        var waits = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            retries.NoteFailure("a");
            Assert.True(retries.WasTried("a"));
            var waited = 0;
            for (; !retries.IsDue("a"); waited++)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
            }

            waits.Add(waited / 10.0);
        }

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10], waits);
        retries.KeepOnly(["b"]);
        Assert.False(retries.WasTried("a"));
    }
}

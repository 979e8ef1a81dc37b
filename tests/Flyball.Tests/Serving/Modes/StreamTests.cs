using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Serving;
using Flyball.Serving.Streams;
using Flyball.Tests.Workspaces;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Serving.Modes;

/// <summary>Events that become predictions of a stream: each once in effect, wherever the process ends.</summary>
public sealed class StreamTests
{
    private const string Serve = "  stream: { source: transactions, output: fraud_scores }\n";

    [Fact]
    public async Task Events_become_predictions_in_their_order_with_the_features_of_their_own_position()
    {
        await using var server = await ModesServer.StartAsync(Serve);
        await server.IngestAsync(ModesServer.Row(100));
        await server.PumpStreamsAsync();
        Assert.Empty((await server.GetAsync("/v1/streams/fraud_scores"))["predictions"]!.AsArray());

        // All of them are there before the first is predicted: none may see those behind it.
        foreach (var i in Enumerable.Range(1, 5))
        {
            server.Time.Advance(TimeSpan.FromMinutes(1));
            await server.IngestAsync(ModesServer.Row(i, 100 + i, customer: 7, minute: 60 + i));
        }

        var before = (await server.GetAsync("/v1/streams"))["streams"]![0]!;
        Assert.Equal(("fraud_scores", "fraud", true), ((string)before["output"]!, (string)before["model"]!, (long)before["behind"]! >= 5));
        Assert.Equal(5, await server.PumpStreamsAsync());
        var first = await server.GetAsync("/v1/streams/fraud_scores?limit=2");
        var rest = await server.GetAsync($"/v1/streams/fraud_scores?after={first["next"]}");
        JsonNode[] all = [.. first["predictions"]!.AsArray().Concat(rest["predictions"]!.AsArray()).Select(p => p!)];
        Assert.Equal([1L, 2, 3, 4, 5], all.Select(p => (long)p["key"]!["transaction_id"]!));
        Assert.Equal((0L, 0d), ((long)rest["behind"]!, (double)rest["lag_seconds"]!));
        Assert.All(all, p => Assert.Equal($"fraud_scores-{p["input_seq"]}", (string)p["prediction"]!["request_id"]!));
        Assert.All(all.Index(), p => Assert.Equal(ModesServer.Score(2, 101 + p.Index), (double)p.Item["prediction"]!["prediction"]!, 6));
        var logged = await server.LoggedAsync();
        Assert.Equal([0d, 1, 2, 3, 4], logged.Select(r => r.Features[1].TryGetNumber(out var count) ? count : -1));
        Assert.All(logged, r => Assert.Equal(PredictionRoute.Stream, r.Route));
        var metrics = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("flyball_stream_behind{stream=\"fraud_scores\"} 0", metrics, StringComparison.Ordinal);
        Assert.Contains("flyball_stream_lag_seconds{stream=\"fraud_scores\"} 0", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_at_any_step_leaves_no_gap_and_no_double()
    {
        await using var server = await ModesServer.StartAsync(Serve);
        await server.PumpStreamsAsync();
        await server.IngestAsync(ModesServer.Row(1), ModesServer.Row(2));

        // Before anything was done with them.
        await server.RestartAsync();
        Assert.Equal(2, await server.PumpStreamsAsync());

        // After all of it.
        await server.RestartAsync();
        Assert.Equal(0, await server.PumpStreamsAsync());

        // Between the output and the prediction log.
        await server.IngestAsync(ModesServer.Row(3), ModesServer.Row(4));
        var record = (await server.LoggedAsync())[0];
        var journal = server.Services.GetRequiredService<StreamJournal>();
        var at = server.Host.Workspace.Events.Durable.Seq;
        await journal.AppendAsync("fraud_scores", [Entry(at - 1, 0, "c"), Entry(at, 1, "d")], TestContext.Current.CancellationToken);
        Assert.Equal(2, (await server.LoggedAsync()).Count);
        await server.RestartAsync();
        Assert.Equal(0, await server.PumpStreamsAsync());
        Assert.Equal(["c", "d"], (await server.LoggedAsync()).Skip(2).Select(r => r.RequestId));

        // And once more, with something new behind it.
        await server.IngestAsync(ModesServer.Row(5));
        await server.RestartAsync();
        Assert.Equal(1, await server.PumpStreamsAsync());
        var output = (await server.GetAsync("/v1/streams/fraud_scores"))["predictions"]!.AsArray();
        Assert.Equal(5, output.Select(p => (long)p!["input_seq"]!).Distinct().Count());
        Assert.Equal((5, 5), (output.Count, (await server.LoggedAsync()).Count));

        StreamEntry Entry(long input, int place, string id) => new(input, place, "{\"key\":{}}"u8.ToArray(), PredictionCodec.Encode(record with { RequestId = id }));
    }

    [Fact]
    public async Task What_nothing_can_answer_waits_a_while_and_then_says_why()
    {
        await using var server = await ModesServer.StartAsync(Serve);
        await server.PumpStreamsAsync();
        var missing = new Problem("FLY2010", "It is damaged.");
        var plan = server.Plan;
        server.Services.GetRequiredService<TrafficPlans>().Swap(new TrafficPlan(ModesServer.Model, VersionLoader.StandIn(
            server.Services.GetRequiredService<Flyball.Training.ActiveProject>().Current.Models[ModesServer.Model], plan.Champion.Digest, 2, missing)));
        await server.IngestAsync(ModesServer.Row(1));
        Assert.Equal(0, await server.PumpStreamsAsync());
        server.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, await server.PumpStreamsAsync());
        Assert.Equal(30, (double)(await server.GetAsync("/v1/streams/fraud_scores"))["lag_seconds"]!, 1);
        server.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, await server.PumpStreamsAsync());
        var told = await server.GetAsync("/v1/streams/fraud_scores");
        Assert.Equal(("FLY5001", 1L, 0d), ((string)told["predictions"]![0]!["problem"]!["code"]!, (long)told["predictions"]![0]!["key"]!["transaction_id"]!, (double)told["lag_seconds"]!));
        Assert.Empty(await server.LoggedAsync());
    }

    /// <summary>A score above the declared range is no answer. Whoever sends such events must not hold up those of others.</summary>
    [Theory]
    [InlineData(100, 9_000, 100)]
    [InlineData(9_000, 9_000, 100)]
    public async Task An_event_that_its_version_can_never_answer_is_told_at_once_when_the_version_answers_others(int first, int second, int third)
    {
        await using var server = await ModesServer.StartAsync(Serve + "  answer: { maximum: 0.9 }\n");
        await server.PumpStreamsAsync();
        await server.IngestAsync(ModesServer.Row(1, first), ModesServer.Row(2, second), ModesServer.Row(3, third));

        Assert.Equal(3, await server.PumpStreamsAsync());

        var told = (await server.GetAsync("/v1/streams/fraud_scores"))["predictions"]!.AsArray();
        Assert.Equal([first == 9_000, true, false], told.Select(p => (string?)p!["problem"]?["code"] == "FLY5001"));
        Assert.Equal(told.Count(p => p!["problem"] is null), (await server.LoggedAsync()).Count);
    }

    [Fact]
    public async Task Events_that_nothing_can_answer_wait_while_their_version_answers_nobody()
    {
        await using var server = await ModesServer.StartAsync(Serve + "  answer: { maximum: 0.9 }\n");
        await server.PumpStreamsAsync();
        await server.IngestAsync(ModesServer.Row(1, 9_000), ModesServer.Row(2, 9_000));

        Assert.Equal(0, await server.PumpStreamsAsync());
        await server.IngestAsync(ModesServer.Row(3));
        Assert.Equal(0, await server.PumpStreamsAsync());
        server.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(3, await server.PumpStreamsAsync());
    }

    [Fact]
    public async Task Only_declared_streams_are_read_and_within_bounds()
    {
        await using var server = await ModesServer.StartAsync(Serve);
        foreach (var (path, code) in ((string, string)[])[("other", "FLY4004"), ("fraud_scores?limit=0", "FLY3002"), ("fraud_scores?limit=1001", "FLY3002"), ("fraud_scores?after=-1", "FLY3002")])
        {
            Assert.Equal(code, (string)(await server.GetAsync($"/v1/streams/{path}"))["code"]!);
        }
    }

    [Theory]
    [InlineData("stream: { source: fraud_reports, output: s }", "FLY5041", "source")]
    [InlineData("stream: { source: transactions, output: Scores }", "FLY5041", "output")]
    [InlineData("stream: { source: transactions, output: ../x }", "FLY5041", "output")]
    [InlineData("async: { queue: 0 }", "FLY5040", "queue")]
    [InlineData("async: { keep: 31d }", "FLY5040", "keep")]
    public void A_definition_that_cannot_be_is_refused_with_its_place(string line, string code, string field)
    {
        using var project = new FraudProject();
        project.Replace("models/fraud.yaml", "  timeout: 50ms\n", $"  timeout: 50ms\n  {line}\n");
        var problems = new ProblemList();
        ServeDefinition.Read(ProjectWorkspace.Load(project).Models["fraud"], problems);
        var problem = Assert.Single(problems);
        Assert.Equal((code, true, true), (problem.Code, problem.Where!.Line > 1, problem.Where.Field!.EndsWith(field, StringComparison.Ordinal)));
    }
}

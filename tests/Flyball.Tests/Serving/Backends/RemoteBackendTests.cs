using System.Collections.Concurrent;
using System.Diagnostics;
using Flyball.Engine.Expressions;
using Flyball.Projects;
using Flyball.Serving;
using Flyball.Serving.Backends;
using Flyball.Serving.Degradation;
using Flyball.Tests.Time;
using Flyball.Training;
using Microsoft.AspNetCore.Http;

namespace Flyball.Tests.Serving.Backends;

/// <summary>A model on another server: what is sent, what is believed, and what happens when it is gone.</summary>
public sealed class RemoteBackendTests
{
    [Fact]
    public async Task A_remote_model_scores_the_vector_and_the_answer_names_the_declaration()
    {
        await using var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url);
        using var served = Served(fixture);

        var record = fixture.Predict(served.Plan, amount: 300)!;

        Assert.Equal((Rung.Full, 0, served.Version.Digest), (record.Rung, record.Version, record.Digest));
        Assert.Equal(0.3, record.Score, 6);
        Assert.Equal("review", record.Decision);
        Assert.True(stub.Got.TryDequeue(out var asked));
        Assert.Equal("/v2/models/far/versions/7/infer", asked.Path);
        Assert.Equal(("input", "FP32"), ((string?)asked.Input["name"], (string?)asked.Input["datatype"]));
        Assert.Equal([1, fixture.World.Model.Vector.Columns.Count], asked.Input["shape"]!.AsArray().Select(d => d!.GetValue<int>()));
        Assert.Equal(300f, asked.Values[0]);
    }

    [Fact]
    public async Task A_missing_value_goes_as_NaN_in_binary_and_other_rows_as_JSON()
    {
        await using var stub = await RemoteStub.StartAsync();
        stub.Answer = (context, _) => context.Response.WriteAsync(RemoteStub.Scored(0.25));
        await using var fixture = Fixture(stub.Url);
        using var served = Served(fixture);
        var width = served.Version.Vector.Columns.Count;
        var vector = Enumerable.Range(0, width).Select(i => Value.FromNumber((double)i)).ToArray();

        Assert.Equal(0.25, served.Version.Scorer.ScoreOne(vector).Calibrated);
        vector[1] = Value.Null;
        Assert.Equal(0.25, served.Version.Scorer.ScoreOne(vector).Calibrated);

        var sent = stub.Got.ToArray();
        Assert.Equal([false, true], sent.Select(a => a.IsBinary));
        Assert.Equal(Enumerable.Range(0, width).Select(i => (float)i), sent[0].Values);
        Assert.Equal([0f, float.NaN, 2f], sent[1].Values[..3]);
        Assert.Equal(width * 4, sent[1].Input["parameters"]!["binary_data_size"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_is_left_of_the_request_is_passed_on_and_no_more_than_the_declared_time()
    {
        await using var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url, timeout: "5s");
        using var served = Served(fixture);
        var vector = new Value[served.Version.Vector.Columns.Count];
        Array.Fill(vector, Value.FromNumber(1.0));

        served.Version.Scorer.ScoreOne(vector, within: TimeSpan.FromSeconds(2));
        served.Version.Scorer.ScoreOne(vector, within: TimeSpan.FromMinutes(2));
        served.Version.Scorer.ScoreOne(vector);
        Assert.Equal(["2000", "5000", "5000"], stub.Got.Select(a => a.Timeout));
        Assert.Equal("remote_timeout", Refused(served, vector, TimeSpan.Zero));
        Assert.Equal(3, stub.Got.Count);
    }

    [Fact]
    public async Task An_answer_that_is_not_one_probability_is_no_score()
    {
        string[] bodies =
        [
            """{"outputs":[]}""",
            """{"outputs":[{"name":"score","datatype":"FP32","shape":[1],"data":[]}]}""",
            """{"outputs":[{"name":"score","datatype":"FP32","shape":[2],"data":[0.1,0.2]}]}""",
            """{"outputs":[{"name":"score","datatype":"FP32","shape":[1],"data":[0.1,0.2]}]}""",
            """{"outputs":[{"name":"score","datatype":"BYTES","shape":[1],"data":["0.1"]}]}""",
            """{"outputs":[{"name":"score","datatype":"FP32","shape":[1],"data":["0.1"]}]}""",
            """{"outputs":[{"name":"a","datatype":"FP32","shape":[1],"data":[0.1]},{"name":"b","datatype":"FP32","shape":[1],"data":[0.1]}]}""",
            """{"outputs":[{"name":"score","datatype":"FP32","shape":[1],"data":[1.5]}]}""",
            """{"outputs":[{"name":"score","datatype":"FP32","shape":[1],"data":[1e400]}]}""",
            """{"outputs":[{"name":"score","datatype":"FP32","shape":[1],"data":[NaN]}]}""",
            """{"outputs":{"name":"score"}}""",
            "[]",
            "",
            "<html>",
        ];
        await using var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url, "20s");
        using var served = Served(fixture);
        foreach (var body in bodies)
        {
            stub.Answer = (context, _) => context.Response.WriteAsync(body);
            Assert.Equal("remote_malformed", Refused(served, Ones(served), null));
        }
    }

    [Fact]
    public async Task One_probability_is_read_flat_and_nested()
    {
        (string Data, string Shape, string Datatype)[] good = [("[[0.5]]", "[1,1]", "FP64"), ("[0.5]", "[1]", "FP32"), ("[[[0.5]]]", "[1,1,1]", "FP32")];
        await using var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url, "20s");
        using var served = Served(fixture);
        foreach (var (data, shape, datatype) in good)
        {
            stub.Answer = (context, _) => context.Response.WriteAsync($$"""{"outputs":[{"name":"score","datatype":"{{datatype}}","shape":{{shape}},"data":{{data}}}]}""");
            Assert.Equal(0.5, served.Version.Scorer.ScoreOne(Ones(served)).Calibrated);
        }
    }

    [Fact]
    public async Task Several_rows_go_as_one_tensor_and_each_has_its_own_score()
    {
        await using var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url, "20s");
        using var served = Served(fixture);
        var width = served.Version.Vector.Columns.Count;
        stub.Answer = (context, inputs) => context.Response.WriteAsync(RemoteStub.ScoredAll([.. inputs.Chunk(width).Select(r => r[0] / 1000.0)]));
        var rows = Enumerable.Range(1, 3).Select(n => Enumerable.Range(0, width).Select(i => Value.FromNumber((n * 100.0) + i)).ToArray()).ToList();
        var scores = new Score[3];

        ((IBatchScorer)served.Version.Scorer).ScoreBatch(rows, scores);

        Assert.Equal([0.1, 0.2, 0.3], scores.Select(s => s.Calibrated));
        var asked = Assert.Single(stub.Got);
        Assert.Equal([3, width], asked.Input["shape"]!.AsArray().Select(d => d!.GetValue<int>()));
        Assert.Equal((200f, 201f), (asked.Values[width], asked.Values[width + 1]));
    }

    [Theory]
    [InlineData("[2]", "[0.1,0.2]")]
    [InlineData("[3]", "[0.1,0.2]")]
    [InlineData("[3]", "[0.1,0.2,0.3,0.4]")]
    [InlineData("[1,3]", "[0.1,0.2,0.3]")]
    [InlineData("[3,2]", "[0.1,0.2,0.3]")]
    [InlineData("[]", "[0.1,0.2,0.3]")]
    [InlineData("[3]", "[0.1,0.2,1.3]")]
    [InlineData("[3]", "[0.1,0.2,null]")]
    public async Task An_answer_without_one_probability_a_row_is_no_score(string shape, string data)
    {
        await using var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url, "20s");
        using var served = Served(fixture);
        stub.Answer = (context, _) => context.Response.WriteAsync($$"""{"outputs":[{"name":"score","datatype":"FP64","shape":{{shape}},"data":{{data}}}]}""");

        var refused = Assert.Throws<RemoteModelException>(() => ((IBatchScorer)served.Version.Scorer).ScoreBatch([Ones(served), Ones(served), Ones(served)], new Score[3]));

        Assert.Equal("remote_malformed", refused.Reason);
    }

    /// <summary>One request is held by the other server while three more come: they go together, and the other server is asked four times in all at most.</summary>
    [Fact]
    public async Task Requests_in_flight_together_go_in_one_request_where_the_model_says_so()
    {
        await using var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url, "20s");
        using var served = Served(fixture);
        var width = served.Version.Vector.Columns.Count;
        var time = new ManualTimeProvider();
        var batcher = new ScoreBatcher((IBatchScorer)served.Version.Scorer, new BatchingTerms(3, 100_000), new VersionStatistics(time), time);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stub.Answer = async (context, inputs) =>
        {
            if (inputs[0] > 900)
            {
                await held.Task;
            }

            // The batcher's clock: a row alone is slow enough to be worth the wait, and a batch is scored when it is full.
            time.Advance(inputs[0] == 900 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);

            await context.Response.WriteAsync(RemoteStub.ScoredAll([.. inputs.Chunk(width).Select(r => r[0] / 1000.0)]));
        };

        Assert.Equal(0.9, ScoreOf(900));
        var first = Start(() => ScoreOf(990));
        Assert.True(SpinWait.SpinUntil(() => stub.Got.Count >= 2, TimeSpan.FromSeconds(30)));

        var scores = new ConcurrentDictionary<double, double>();
        List<Thread> others = [.. ((double[])[100, 200, 300]).Select(a => Start(() => scores[a] = ScoreOf(a)))];
        others.ForEach(t => Assert.True(t.Join(TimeSpan.FromSeconds(30))));
        held.SetResult();
        Assert.True(first.Join(TimeSpan.FromSeconds(30)));

        Assert.Equal(new Dictionary<double, double> { [100] = 0.1, [200] = 0.2, [300] = 0.3 }, new Dictionary<double, double>(scores));
        Assert.Equal([1, 1, 3], stub.Got.Select(g => g.Values.Length / width));

        double ScoreOf(double amount)
        {
            var vector = Ones(served);
            vector[0] = Value.FromNumber(amount);
            return batcher.Score(vector, [], Deadline.None).Calibrated;
        }

        static Thread Start(Action what)
        {
            var thread = new Thread(() => what());
            thread.Start();
            return thread;
        }
    }

    [Fact]
    public async Task A_status_that_is_no_success_is_no_score()
    {
        Assert.Equal("remote_status", await RefusedAsync((context, _) =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync(RemoteStub.Scored(0.5));
        }));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var other = await RemoteStub.StartAsync();
        Assert.Equal("remote_status", await RefusedAsync((context, _) =>
        {
            context.Response.Redirect(other.Url + "/v2/models/far/infer", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }));
        Assert.Empty(other.Got);
    }

    [Fact]
    public async Task An_answer_beyond_its_bound_is_not_read()
    {
        Assert.Equal("remote_unreachable", await RefusedAsync(async (context, _) =>
        {
            var block = new byte[64 << 10];
            Array.Fill(block, (byte)' ');
            for (var i = 0; i < 64 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(block);
            }
        }));
    }

    [Fact]
    public async Task A_body_that_never_ends_costs_no_more_than_the_limit()
    {
        var started = Stopwatch.GetTimestamp();
        Assert.Equal("remote_timeout", await RefusedAsync(
            async (context, _) =>
            {
                await context.Response.WriteAsync("{");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            },
            TimeSpan.FromMilliseconds(200)));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_server_that_is_gone_is_asked_a_few_times_and_the_rule_answers_every_request()
    {
        var stub = await RemoteStub.StartAsync();
        await using var fixture = Fixture(stub.Url);
        using var served = Served(fixture);
        Assert.Equal(Rung.Full, fixture.Predict(served.Plan, amount: 300)!.Rung);
        await stub.DisposeAsync();

        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 500; i++)
        {
            var record = fixture.Predict(served.Plan, amount: 300)!;
            Assert.Equal((Rung.Rule, 0.6), (record.Rung, record.Score));
        }

        // A refused connection is soon known, and after twenty the breaker asks no more.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_server_that_fails_is_left_alone_until_the_breaker_tries_again()
    {
        await using var stub = await RemoteStub.StartAsync();
        var well = stub.Answer;
        stub.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await using var fixture = Fixture(stub.Url);
        using var served = Served(fixture);

        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal(Rung.Rule, fixture.Predict(served.Plan)!.Rung));
        Assert.Equal(Breaker.Throughput, stub.Got.Count);

        stub.Answer = well;
        Assert.Equal(Rung.Rule, fixture.Predict(served.Plan)!.Rung);
        fixture.World.Time.Advance(Breaker.Pause + TimeSpan.FromSeconds(1));
        Assert.Equal(Rung.Full, fixture.Predict(served.Plan)!.Rung);
        Assert.Equal(Breaker.Throughput + 1, stub.Got.Count);
    }

    /// <summary>Who gives no time gets no answer; that says nothing about the server, and must not take it away from others.</summary>
    [Fact]
    public async Task Callers_who_give_too_little_time_do_not_make_the_breaker_leave_the_server_alone()
    {
        await using var stub = await RemoteStub.StartAsync();
        var well = stub.Answer;
        stub.Answer = async (context, values) =>
        {
            if (values[0] > 500)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await well(context, values);
        };
        await using var fixture = Fixture(stub.Url);
        using var served = Served(fixture);
        fixture.TimeoutMicros = 20_000;
        Assert.All(Enumerable.Range(0, Breaker.Throughput + 5), _ => Assert.Equal(Rung.Rule, fixture.Predict(served.Plan, amount: 600)!.Rung));

        fixture.TimeoutMicros = null;
        Assert.Equal(Rung.Full, fixture.Predict(served.Plan, amount: 300)!.Rung);
    }

    /// <summary>Those who give little time do not ask a server that is left alone while others find out how it is; when no others come, they ask.</summary>
    [Fact]
    public async Task Callers_who_give_little_time_are_answered_again_when_nobody_else_comes()
    {
        await using var stub = await RemoteStub.StartAsync();
        var well = stub.Answer;
        stub.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await using var fixture = Fixture(stub.Url);
        using var served = Served(fixture);
        Assert.All(Enumerable.Range(0, Breaker.Throughput), _ => Assert.Equal(Rung.Rule, fixture.Predict(served.Plan)!.Rung));
        stub.Answer = well;
        fixture.TimeoutMicros = 9_000_000;

        Assert.Equal(Rung.Rule, fixture.Predict(served.Plan)!.Rung);
        Assert.Equal(Breaker.Throughput, stub.Got.Count);
        fixture.World.Time.Advance((2 * Breaker.Pause) + TimeSpan.FromSeconds(1));
        Assert.Equal(Rung.Full, fixture.Predict(served.Plan)!.Rung);
    }

    private static async Task<string> RefusedAsync(Func<HttpContext, float[], Task> answer, TimeSpan? within = null)
    {
        await using var stub = await RemoteStub.StartAsync();
        stub.Answer = answer;
        await using var fixture = Fixture(stub.Url);
        using var served = Served(fixture);
        return Refused(served, Ones(served), within);
    }

    private static string Refused(ServedRemote served, Value[] vector, TimeSpan? within) =>
        Assert.Throws<RemoteModelException>(() => served.Version.Scorer.ScoreOne(vector, within: within)).Reason;

    private static Value[] Ones(ServedRemote served) => [.. Enumerable.Repeat(Value.FromNumber(1.0), served.Version.Vector.Columns.Count)];

    private static ServingFixture Fixture(string url, string timeout = "20s") => new(change: project => project.Replace(
        "models/fraud.yaml",
        "calibrate: isotonic",
        $$"""backend: { remote: { url: "{{url}}", model: far, version: "7", timeout: {{timeout}} } }""").Replace("models/fraud.yaml", "score >= 0.5", "score >= 0.2").Replace("models/fraud.yaml", "  timeout: 50ms", "  timeout: 30s"));

    private static ServedRemote Served(ServingFixture fixture)
    {
        var problems = new ProblemList();
        var backend = BackendDefinition.Read(fixture.World.Model, problems);
        Assert.Empty(problems);
        return new ServedRemote(DeclaredVersion.Of(fixture.World.Model, backend!));
    }

    private sealed record ServedRemote(ServedVersion Version) : IDisposable
    {
        public TrafficPlan Plan { get; } = new(ServingFixture.Model, Version);

        public void Dispose() => Version.Scorer.Dispose();
    }
}

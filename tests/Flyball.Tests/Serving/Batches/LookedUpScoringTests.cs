using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving.Batches;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Serving.Batches;

/// <summary>Files through a model that looks features up: the values are those of live requests at the same instants.</summary>
public sealed class LookedUpScoringTests
{
    [Fact]
    public async Task A_row_gets_the_score_that_a_live_request_gets_at_its_instant_late_events_included()
    {
        await using var world = new LookUpWorld();
        await world.PayAsync(400);
        var input = world.Requests("in.csv", 200);
        var result = await world.ScoreAsync(LookUpWorld.Small(input, world.File("out.parquet")));
        var scores = LookUpWorld.Scores(world.File("out.parquet"));
        Assert.Equal((200L, "history", world.World.Events.Applied.Seq), (result.Rows, result.Features, result.Horizon));
        var compared = 0;
        for (var request = 1; request <= 200; request++)
        {
            var live = request == 17 ? null : world.Live(request);
            Assert.Equal(live is not null, scores.TryGetValue(900_000 + request, out var score));
            Assert.True(live is null || BitConverter.DoubleToInt64Bits(live.Score) == BitConverter.DoubleToInt64Bits(score), $"Request {request} is answered otherwise alone.");
            compared += live is null ? 0 : 1;
        }

        // Who never paid has no mean, so no score; one request breaks the contract.
        Assert.Equal((long)compared, result.Scored);
        Assert.InRange(compared, 150, 180);
        Assert.Equal(["FLY3103", "FLY5025"], BatchWorld.Rows($"SELECT DISTINCT code FROM read_parquet('{result.RejectedFile}') ORDER BY code").Select(r => r[0]));
    }

    [Fact]
    public async Task A_stated_horizon_gives_the_same_bytes_whatever_came_later()
    {
        await using var world = new LookUpWorld();
        await world.PayAsync(300);
        var terms = LookUpWorld.Small(world.Requests("in.csv", 120), world.File("out.parquet"));
        var first = await world.ScoreAsync(terms);
        await world.PayAsync(300, firstId: 5_000, firstMinute: 60);
        var later = await world.ScoreAsync(terms);
        var again = await world.ScoreAsync(terms with { Horizon = first.Horizon });
        Assert.NotEqual(first.Sha256, later.Sha256);
        Assert.Equal((first.Sha256, first.Horizon), (again.Sha256, again.Horizon));
    }

    [Theory]
    [InlineData("out.parquet")]
    [InlineData("out.csv")]
    public async Task An_interrupted_scoring_goes_on_with_the_values_that_were_found(string name)
    {
        await using var world = new LookUpWorld();
        await world.PayAsync(300);
        var input = world.Requests("in.csv", 500);
        var whole = await world.ScoreAsync(LookUpWorld.Small(input, world.File("whole" + Path.GetExtension(name))));

        // Ended before the answer came: nothing of it counts.
        var terms = LookUpWorld.Small(input, world.File(name));
        _ = world.Scoring.Begin(terms);
        var work = world.Scoring.Begin(terms with { Resumes = true });
        Assert.True(work.NeedsHistory);
        await work.FindAsync(world, TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => work.Run(step => Stop(stop, step), stop.Token));
        await world.PayAsync(200, firstId: 7_000, firstMinute: 30);

        work = world.Scoring.Begin(terms with { Resumes = true });
        Assert.False(work.NeedsHistory);
        var result = work.Run(null, TestContext.Current.CancellationToken);

        Assert.Equal((2, true), (world.Questions, result.Skipped > 0));
        Assert.Equal((whole.Sha256, whole.Horizon, whole.Rejected), (result.Sha256, result.Horizon, result.Rejected));
        Assert.False(Directory.Exists(world.File(name) + ".part"));
    }

    [Fact]
    public async Task Values_that_are_damaged_or_of_another_horizon_are_refused()
    {
        await using var world = new LookUpWorld();
        await world.PayAsync(100);
        var terms = LookUpWorld.Small(world.Requests("in.csv", 100), world.File("out.csv"));
        await world.Scoring.Begin(terms).FindAsync(world, TestContext.Current.CancellationToken);
        var values = world.File("out.csv") + ".part/values.parquet";
        var good = await File.ReadAllBytesAsync(values, TestContext.Current.CancellationToken);
        var damaged = (byte[])good.Clone();
        damaged[damaged.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(values, damaged, TestContext.Current.CancellationToken);
        Assert.Equal("FLY5024", Assert.Throws<FlyballException>(() => world.Scoring.Begin(terms with { Resumes = true })).Problem.Code);
        await File.WriteAllBytesAsync(values, good, TestContext.Current.CancellationToken);
        Assert.Contains("horizon", Assert.Throws<FlyballException>(() => world.Scoring.Begin(terms with { Resumes = true, Horizon = 1 })).Message, StringComparison.Ordinal);
        Assert.Equal(100, world.Scoring.Begin(terms with { Resumes = true }).Run(null, TestContext.Current.CancellationToken).Rows);
    }

    [Theory]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    [InlineData(".ndjson")]
    public async Task Knowledge_of_another_instant_than_its_own_is_what_a_request_states(string form)
    {
        await using var world = new LookUpWorld();
        await world.PayAsync(300);

        // The late payment 15 of customer 7 and terminal 5 became known three days after it happened.
        var paid = LookUpWorld.At(14 * 131).Micros;
        var (day, t) = (86_400_000_000, new EventTime(paid + 86_400_000_000));
        var known = new EventTime(paid + (4 * day));
        string[] rows = [$"900001,{t},7,5,50,", $"900002,{t},7,5,50,{t}", $"900003,{t},7,5,50,{known}"];
        var input = world.File("in" + form);
        var csv = world.File("rows.csv");
        await File.WriteAllTextAsync(csv, $"transaction_id,event_time,customer_id,terminal_id,amount,known_at\n{string.Join('\n', rows)}\n", TestContext.Current.CancellationToken);
        BatchWorld.Sql(form switch
        {
            ".csv" => $"COPY (SELECT * FROM read_csv('{csv}', all_varchar=true)) TO '{input}' (FORMAT csv, HEADER true)",
            ".parquet" => $"COPY (SELECT * FROM read_csv('{csv}', timestampformat='%Y-%m-%dT%H:%M:%SZ')) TO '{input}' (FORMAT parquet)",
            _ => $"COPY (SELECT transaction_id::BIGINT AS transaction_id, event_time, customer_id::BIGINT AS customer_id, terminal_id::BIGINT AS terminal_id, amount::DOUBLE AS amount, known_at FROM read_csv('{csv}', all_varchar=true)) TO '{input}' (FORMAT json)",
        });
        await world.ScoreAsync(LookUpWorld.Small(input, world.File("out.parquet")));
        var scores = LookUpWorld.Scores(world.File("out.parquet"));
        Assert.Equal(scores[900_001], scores[900_002]);
        Assert.NotEqual(scores[900_001], scores[900_003]);
    }

    [Fact]
    public async Task Requests_without_an_instant_are_scored_at_the_one_that_is_stated_or_at_which_the_scoring_began()
    {
        await using var world = new LookUpWorld();
        await world.PayAsync(300);
        var at = LookUpWorld.At(30_000);
        var bare = world.File("bare.csv");
        await File.WriteAllTextAsync(bare, "transaction_id,customer_id,terminal_id,amount\n900001,3,2,50\n900002,4,1,75\n", TestContext.Current.CancellationToken);
        var timed = world.File("timed.csv");
        await File.WriteAllTextAsync(timed, $"transaction_id,event_time,customer_id,terminal_id,amount\n900001,{at},3,2,50\n900002,{at},4,1,75\n", TestContext.Current.CancellationToken);

        var stated = await world.ScoreAsync(LookUpWorld.Small(bare, world.File("a.parquet")) with { At = at });
        await world.ScoreAsync(LookUpWorld.Small(timed, world.File("b.parquet")));
        Assert.Equal(LookUpWorld.Scores(world.File("b.parquet")), LookUpWorld.Scores(world.File("a.parquet")));
        Assert.Equal((at, 2L), (stated.At, stated.Defaulted["event_time"]));

        var began = world.World.Time.Now;
        var terms = LookUpWorld.Small(bare, world.File("c.parquet")) with { AllowsEmpty = true };
        _ = world.Scoring.Begin(terms);
        world.World.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(began, (await world.ScoreAsync(terms with { Resumes = true })).At);

        // A column that is there says when its requests are, and an empty cell of it does not.
        await File.AppendAllTextAsync(timed, "900003,,4,1,75\n", TestContext.Current.CancellationToken);
        Assert.Equal(1, (await world.ScoreAsync(LookUpWorld.Small(timed, world.File("d.parquet")))).Rejected);
    }

    [Fact]
    public async Task Declared_features_stand_in_where_that_is_asked_for_as_they_do_live()
    {
        const string Declared = "  fallback: [ default-features ]\n  features: { defaults: { customer_activity.amount_mean_7d: 40, customer_activity.count_7d: 3, customer_activity.amount_mean_30d: 41, customer_activity.amount_max_30d: 99, terminal_risk.count_28d: 12, terminal_risk.amount_mean_28d: 38 } }\n";
        await using var world = new LookUpWorld(BatchWorld.Serving(Declared));
        var terms = LookUpWorld.Small(world.Requests("in.csv", 60), world.File("out.parquet")) with { UsesDefaultFeatures = true };
        var result = world.Scoring.Run(terms, null, TestContext.Current.CancellationToken);
        var scores = LookUpWorld.Scores(world.File("out.parquet"));
        Assert.Equal(("defaults", (long?)null, 59L, 0), (result.Features, result.Horizon, result.Scored, world.Questions));
        var vector = world.Version.Vector;
        var made = new Value[vector.Columns.Count];
        var row = new Value[vector.RequestWidth];
        row[vector.Request.ColumnOf("amount")] = Value.FromNumber((double)LookUpWorld.Amount(5));
        vector.Complete(row, world.Serve.Features.DefaultsOf(vector), new Value[vector.ScratchWidth], made);
        Assert.Equal(world.Version.Scorer.ScoreOne(made).Calibrated, scores[900_005]);

        await using var undeclared = new LookUpWorld();
        Assert.Equal("FLY5022", Assert.Throws<FlyballException>(() => undeclared.Scoring.Begin(terms)).Problem.Code);
    }

    [Fact]
    public async Task A_strict_scoring_is_refused_before_anybody_is_asked()
    {
        await using var world = new LookUpWorld();
        await world.PayAsync(20);
        var terms = LookUpWorld.Small(world.Requests("in.csv", 30), world.File("out.csv")) with { IsStrict = true };
        var refused = await Assert.ThrowsAsync<FlyballException>(() => world.ScoreAsync(terms));
        Assert.Equal(("FLY5023", 18, 0), (refused.Problem.Code, refused.Problem.Where!.Line, world.Questions));
        Assert.False(Directory.Exists(world.File("out.csv") + ".part"));
    }

    [Fact]
    public async Task A_history_of_which_nothing_was_known_in_time_is_refused_unless_that_is_stated_and_leaves_nothing()
    {
        await using var world = new LookUpWorld();
        await world.World.IngestAsync("transactions", [ProjectWorkspace.Payment(1, LookUpWorld.At(0), 1, 1, 50)]);
        var late = world.File("late.csv");
        await File.WriteAllTextAsync(late, $"transaction_id,event_time,customer_id,terminal_id,amount,known_at\n2,{LookUpWorld.At(10)},2,2,50,{LookUpWorld.At(900_000)}\n", TestContext.Current.CancellationToken);
        await EventImport.RunAsync(world.World.Events, "transactions", late, KnownAtPolicy.OfColumn("known_at"), Caller.Local(), null, TestContext.Current.CancellationToken);
        var input = world.File("in.csv");
        await File.WriteAllTextAsync(input, $"transaction_id,event_time,customer_id,terminal_id,amount\n900001,{LookUpWorld.At(100)},2,2,50\n", TestContext.Current.CancellationToken);
        var terms = LookUpWorld.Small(input, world.File("out.csv"));
        Assert.Equal("FLY3163", (await Assert.ThrowsAsync<FlyballException>(() => world.ScoreAsync(terms))).Problem.Code);
        Assert.False(Directory.Exists(terms.Output + ".part"));
        Assert.Equal((1L, 1L), ((await world.ScoreAsync(terms with { AllowsEmpty = true })).Rows, (await world.ScoreAsync(terms with { AllowsEmpty = true })).Rejected));
    }

    private static void Stop(CancellationTokenSource stop, BatchStep step)
    {
        if (step.IsCheckpoint && step.Rows > 150)
        {
            stop.Cancel();
        }
    }
}

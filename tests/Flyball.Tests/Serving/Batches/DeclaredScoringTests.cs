using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Serving;
using Flyball.Serving.Backends;
using Flyball.Serving.Batches;
using Flyball.Tests.Serving.Backends;
using Microsoft.AspNetCore.Http;

namespace Flyball.Tests.Serving.Batches;

/// <summary>What the model's file declares: values that stand for fields, the range of answers, and backends that no run made.</summary>
public sealed class DeclaredScoringTests
{
    private const string Header = "transaction_id,event_time,customer_id,terminal_id,amount";
    private const string Noon = "2018-05-01T12:00:00Z";

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    [InlineData("parquet")]
    public void An_absent_field_takes_its_declared_value_and_is_counted_and_named(string form)
    {
        using var world = new BatchWorld(change: BatchWorld.Serving("  request: { defaults: { amount: 70 } }\n"));
        var input = world.File("in." + form);
        var whole = world.File("whole.csv");
        File.WriteAllText(whole, $"{Header}\n1,{Noon},1,1,70\n2,{Noon},1,1,5\n");
        if (form == "csv")
        {
            File.WriteAllText(input, $"{Header}\n1,{Noon},1,1,\n2,{Noon},1,1,5\n");
        }
        else if (form == "ndjson")
        {
            File.WriteAllText(input, $$"""
                {"transaction_id":1,"event_time":"{{Noon}}","customer_id":1,"terminal_id":1}
                {"transaction_id":2,"event_time":"{{Noon}}","customer_id":1,"terminal_id":1,"amount":5}

                """);
        }
        else
        {
            BatchWorld.Sql($"COPY (SELECT i AS transaction_id, TIMESTAMP '2018-05-01 12:00:00' AS event_time, 1 AS customer_id, 1 AS terminal_id, CASE i WHEN 2 THEN 5.0 END AS amount FROM (VALUES (1), (2)) t(i)) TO '{input}' (FORMAT parquet)");
        }

        var result = world.Scoring.Run(BatchWorld.Small(input, world.File("out.csv")), null, CancellationToken.None);
        world.Scoring.Run(BatchWorld.Small(whole, world.File("expected.csv")), null, CancellationToken.None);

        Assert.Equal((2L, 1L), (result.Scored, result.Defaulted["amount"]));
        var rows = BatchWorld.Rows($"SELECT transaction_id, score, defaulted FROM read_csv('{world.File("out.csv")}')");
        Assert.Equal(["amount", ""], rows.Select(r => r[2]));
        Assert.Equal(BatchWorld.Rows($"SELECT score FROM read_csv('{world.File("expected.csv")}')").Select(r => r[0]), rows.Select(r => r[1]));
    }

    [Fact]
    public void A_column_that_is_not_there_takes_its_declared_value_and_one_too_many_is_passed_over_only_as_declared()
    {
        using var world = new BatchWorld(change: BatchWorld.Serving("  request: { unknown_fields: ignore, defaults: { amount: 70 } }\n"));
        var input = world.File("in.csv");
        File.WriteAllText(input, $"transaction_id,event_time,customer_id,terminal_id,mood\n1,{Noon},1,1,good\n2,{Noon},1,1,bad\n");
        var result = world.Scoring.Run(BatchWorld.Small(input, world.File("out.csv")), null, CancellationToken.None);
        Assert.Equal((2L, 2L, 2L), (result.Scored, result.Defaulted["amount"], result.Ignored));

        using var strict = new BatchWorld();
        var refused = Assert.Throws<FlyballException>(() => strict.Scoring.Run(BatchWorld.Small(input, strict.File("out.csv")), null, CancellationToken.None)).Problem;
        Assert.Equal("FLY3004", refused.Code);
        Assert.Contains("'amount' is required and absent", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'mood' is not in the contract", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_of_an_interrupted_scoring_are_those_of_all_its_runs()
    {
        using var world = new BatchWorld(change: BatchWorld.Serving("  request: { defaults: { amount: 70 } }\n"));
        var input = world.Csv("in.csv", 400);
        File.AppendAllText(input, string.Concat(Enumerable.Range(401, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{Noon},1,1,\n"))));
        var terms = BatchWorld.Small(input, world.File("out.parquet"));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => world.Scoring.Run(terms, step => Stop(stop, step), stop.Token));
        var result = world.Scoring.Run(terms with { Resumes = true }, null, CancellationToken.None);
        Assert.True(result.Skipped > 400);
        Assert.Equal((600L, 200L), (result.Scored, result.Defaulted["amount"]));
    }

    [Fact]
    public void A_score_outside_of_the_declared_range_is_put_aside()
    {
        using var world = new BatchWorld(change: BatchWorld.Serving("  answer: { minimum: 0.6 }\n"));
        var input = world.File("in.csv");
        File.WriteAllText(input, $"{Header}\n1,{Noon},1,1,10\n2,{Noon},1,1,500\n");
        var result = world.Scoring.Run(BatchWorld.Small(input, world.File("out.csv")), null, CancellationToken.None);
        Assert.Equal((1L, 1L), (result.Scored, result.Rejected));
        Assert.Equal([["1", "FLY5026"]], BatchWorld.Rows($"SELECT row, code FROM read_csv('{result.RejectedFile}')"));
    }

    [Fact]
    public void A_rule_scores_files_and_what_it_looks_up_is_not_asked_for()
    {
        using var world = new BatchWorld(BatchWorld.Looking, change: p => p.Replace("models/fraud.yaml", "calibrate: isotonic", "backend: { rule: \"if(amount > 200, 0.75, 0.25)\" }"));
        using var rule = Declared(world);
        var result = new BatchScoring(rule, world.Serve).Run(BatchWorld.Small(world.Csv("in.csv", 300, 7), world.File("out.csv")), null, CancellationToken.None);
        Assert.Equal((299L, 1L), (result.Scored, result.Rejected));
        var rows = BatchWorld.Rows($"SELECT transaction_id, score, decision, model_version FROM read_csv('{world.File("out.csv")}')");
        Assert.All(rows, r => Assert.Equal(BatchWorld.Amount(int.Parse(r[0], CultureInfo.InvariantCulture)) > 200 ? ["0.75", "review", "0"] : ["0.25", "allow", "0"], r[1..]));
    }

    [Fact]
    public async Task A_remote_model_is_sent_several_rows_at_once_and_a_row_that_fails_is_told()
    {
        await using var stub = await RemoteStub.StartAsync();
        stub.Answer = async (context, inputs) =>
        {
            // One row makes each request fail that it is in.
            var amounts = inputs.Chunk(2).Select(r => r[0]).ToList();
            if (amounts.Contains(666))
            {
                context.Response.StatusCode = 500;
                return;
            }

            var scores = string.Join(',', amounts.Select(a => (a / 2_000).ToString("R", CultureInfo.InvariantCulture)));
            await context.Response.WriteAsync($$"""{"model_name":"far","outputs":[{"name":"score","datatype":"FP32","shape":[{{amounts.Count}},1],"data":[{{scores}}]}]}""");
        };
        using var world = Remote(stub);
        using var remote = Declared(world);
        var input = world.Csv("in.csv", 100);
        await File.WriteAllTextAsync(input, (await File.ReadAllTextAsync(input, TestContext.Current.CancellationToken)).Replace(",51.25\n", ",666\n", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var terms = BatchWorld.Small(input, world.File("out.csv")) with { BatchRows = 40, RemoteRows = 10 };
        var result = new BatchScoring(remote, world.Serve).Run(terms, null, TestContext.Current.CancellationToken);

        Assert.Equal((99L, 1L), (result.Scored, result.Rejected));
        Assert.Equal([["50", "FLY5027"]], BatchWorld.Rows($"SELECT row, code FROM read_csv('{result.RejectedFile}')"));
        Assert.Contains("remote_status", BatchWorld.Rows($"SELECT message FROM read_csv('{result.RejectedFile}')")[0][0], StringComparison.Ordinal);
        Assert.Equal(10 + 10, stub.Got.Count);
        Assert.All(BatchWorld.Rows($"SELECT transaction_id, score FROM read_csv('{world.File("out.csv")}')"), r => Assert.Equal((double)BatchWorld.Amount(int.Parse(r[0], CultureInfo.InvariantCulture)) / 2_000, double.Parse(r[1], CultureInfo.InvariantCulture), 6));
    }

    [Fact]
    public async Task A_remote_model_that_is_gone_ends_the_scoring_which_goes_on_when_it_is_back()
    {
        await using var stub = await RemoteStub.StartAsync();
        var (gone, answer) = (false, stub.Answer);
        stub.Answer = (context, inputs) =>
        {
            if (!Volatile.Read(ref gone))
            {
                return answer(context, inputs);
            }

            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        using var world = Remote(stub);
        using var remote = Declared(world);
        var terms = BatchWorld.Small(world.Csv("in.csv", 300), world.File("out.csv")) with { RemoteRows = 1 };
        var refused = Assert.Throws<FlyballException>(() => new BatchScoring(remote, world.Serve).Run(terms, step => Volatile.Write(ref gone, step.Rows >= 96), TestContext.Current.CancellationToken));
        Assert.Equal("FLY5028", refused.Problem.Code);
        Assert.False(File.Exists(terms.Output));

        gone = false;
        var result = new BatchScoring(remote, world.Serve).Run(terms with { Resumes = true }, null, TestContext.Current.CancellationToken);
        Assert.Equal((300L, true), (result.Rows, result.Skipped >= 96));
    }

    private static BatchWorld Remote(RemoteStub stub) => new(change: p => p.Replace(
        "models/fraud.yaml", "calibrate: isotonic", $$"""backend: { remote: { url: "{{stub.Url}}", model: far, timeout: 20s } }"""));

    private static DeclaredForTest Declared(BatchWorld world) => new(DeclaredVersion.Of(world.Plan.Models["fraud"], BackendDefinition.Of(world.Plan.Models["fraud"])!));

    private static void Stop(CancellationTokenSource stop, BatchStep step)
    {
        if (step.IsCheckpoint && step.Rows > 400)
        {
            stop.Cancel();
        }
    }

    private sealed record DeclaredForTest(ServedVersion Version) : IDisposable
    {
        public static implicit operator ServedVersion(DeclaredForTest declared) => declared.Version;

        public void Dispose() => Version.Scorer.Dispose();
    }
}

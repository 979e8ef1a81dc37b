using System.Globalization;
using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;
using Flyball.Features.History;
using Flyball.Native.DuckDb;
using Flyball.Server.Simulation;
using Flyball.Training.History;

namespace Flyball.Tests.Training.History;

/// <summary>The same question has the same bytes, whatever it is computed with and in how many parts.</summary>
public sealed class HistoryWorkerTests
{
    private static readonly FraudSimulation Simulation = new() { Seed = 5, Days = 40, Customers = 60, Terminals = 90 };

    [Fact]
    public async Task Threads_and_buckets_change_no_byte()
    {
        await using var jobs = await SimulatedAsync();
        var spine = Spine(jobs, "parquet");
        var views = new HistoryRequest { Views = ["customer_activity", "terminal_risk"], Statuses = true };
        var whole = File.ReadAllBytes(Output(jobs.Run(views, spine, parallelism: 1), "parquet"));

        foreach (var parallelism in (int[])[2, 4])
        {
            Assert.True(whole.AsSpan().SequenceEqual(File.ReadAllBytes(Output(jobs.Run(views, spine, parallelism), "parquet"))), $"{parallelism} threads wrote other bytes.");
        }

        foreach (var buckets in (int[])[2, 7])
        {
            var parts = Enumerable.Range(0, buckets)
                .Select(i => jobs.Run(views with { Bucket = new EntityBucket(i, buckets) }, spine, parallelism: 1 + (i % 2)))
                .ToList();
            Assert.All(parts, part => Assert.InRange(part.Result.Rows, 1, part.Result.SpineRows - 1));
            var target = jobs[$"whole-{buckets}.parquet"];

            var rows = PartConcat.Run([.. parts.Select(p => Output(p, "parquet")).Reverse()], target);

            Assert.Equal(parts[0].Result.SpineRows, rows);
            Assert.True(whole.AsSpan().SequenceEqual(File.ReadAllBytes(target)), $"{buckets} buckets make other bytes.");
            PartConcat.Run([.. parts.Select(p => Output(p, "parquet"))], jobs["whole.csv"]);
            Assert.Equal(File.ReadAllBytes(Output(jobs.Run(views with { Format = "csv" }, spine), "csv")), File.ReadAllBytes(jobs["whole.csv"]));
        }
    }

    [Fact]
    public async Task Parts_that_make_no_whole_are_refused()
    {
        await using var jobs = await SimulatedAsync();
        var spine = Spine(jobs, "csv");
        var request = new HistoryRequest { Views = ["customer_activity"] };
        string Part(int i, HistoryRequest of) => Output(jobs.Run(of with { Bucket = new EntityBucket(i, 2) }, spine), "parquet");
        var (first, second, other) = (Part(0, request), Part(1, request), Part(1, request with { Views = ["terminal_risk"] }));
        var notAPart = Output(jobs.Run(request, spine), "parquet");
        var target = jobs["target.parquet"];
        await File.WriteAllTextAsync(target, "as it was", TestContext.Current.CancellationToken);

        string Refusal(params string[] files) => Assert.Throws<FlyballException>(() => PartConcat.Run(files, target)).Problem.Code;

        Assert.Equal(["FLY3171", "FLY3171", "FLY3171", "FLY3171", "FLY3171"], [Refusal(first), Refusal(first, first), Refusal(first, other), Refusal(first, notAPart), Refusal(first, jobs["none.parquet"])]);
        Assert.Equal("as it was", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        PartConcat.Run([second, first], target);
        Assert.Equal(File.ReadAllBytes(notAPart), File.ReadAllBytes(target));
    }

    [Fact]
    public async Task What_is_appended_later_changes_nothing_before_its_position()
    {
        await using var jobs = await SimulatedAsync();
        var spine = Spine(jobs, "csv");
        var request = new HistoryRequest { Views = ["customer_activity"], Horizon = jobs.Horizon.Seq };
        var before = jobs.Run(request, spine);
        var late = jobs["late.csv"];
        await File.WriteAllTextAsync(late, "transaction_id,event_time,customer_id,terminal_id,amount\n900000001,2018-04-02T00:00:00Z,3,1,99\n", TestContext.Current.CancellationToken);
        await jobs.ImportAsync("transactions", late, KnownAtPolicy.EventTime);

        var again = jobs.Run(request, spine);
        var after = jobs.Run(request with { Horizon = null }, spine);

        Assert.Equal(before.Result.Sha256, again.Result.Sha256);
        Assert.NotEqual(before.Result.Sha256, after.Result.Sha256);
    }

    [Fact]
    public async Task A_models_own_set_is_the_one_it_would_train_on()
    {
        await using var jobs = await SimulatedAsync();

        var made = jobs.Run(new HistoryRequest { Model = "fraud", Format = "parquet" }, null);

        var model = jobs.Plan.Models["fraud"];
        var tables = Flyball.Features.EventLake.Extend(jobs.Workspace.Events, jobs.Workspace.Lake, Flyball.Training.Datasets.TrainingSetBuilder.SourcesOf(model), jobs.Horizon);
        var builder = new Flyball.Training.Datasets.TrainingSetBuilder(jobs.Plan, model, jobs.Workspace.Directory.Lake, tables, jobs.Horizon);
        builder.Load();
        var all = new Flyball.Training.Splits.TimeRange(new(long.MinValue), new(made.Result.AsOfMicros!.Value - model.Definition.Label.WindowMicros + 1));
        Flyball.Training.Splits.TimeRange Later(int days) => new(new(all.Until.Micros + (days * 86_400_000_000L)), new(all.Until.Micros + (days * 86_400_000_000L)));
        var part = builder.Build(new Flyball.Training.Splits.SplitPlan(all, Later(100), Later(200), default, model.Definition.Split.ToTimeSplit(model.Definition.Label))).Train;
        Assert.Equal(part.Rows, made.Result.Rows);
        Assert.InRange(part.Positives, 1, part.Rows - 1);
        Assert.InRange(made.Result.Rows, 1, builder.SpineRows - 1);
        var width = model.Vector.Columns.Count;
        var columns = string.Join(", ", model.Vector.Columns.Select(c => $"CAST(\"{c.Name.Replace(".", "__", StringComparison.Ordinal)}\" AS FLOAT)"));
        var row = 0;
        using var db = DuckDbDatabase.OpenInMemory();
        using var connection = db.Connect();
        using var rows = connection.Query($"SELECT seq, CAST(label AS FLOAT), {columns} FROM read_parquet('{Output(made, "parquet")}')");
        while (rows.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++, row++)
            {
                Assert.Equal((part.Seq[row], part.Labels[row]), (chunk.Column<long>(0)[r], chunk.Column<float>(1)[r]));
                for (var c = 0; c < width; c++)
                {
                    var expected = part.Features[(row * width) + c];
                    Assert.Equal(BitConverter.SingleToInt32Bits(float.IsNaN(expected) ? float.NaN : expected), BitConverter.SingleToInt32Bits(chunk.IsNull(c + 2, r) ? float.NaN : chunk.Column<float>(c + 2)[r]));
                }
            }
        }

        Assert.Equal(part.Rows, row);
    }

    [Fact]
    public async Task Keys_that_are_stored_as_tokens_are_found_by_their_values()
    {
        var files = HistoryJobs.Fraud(
            ("contracts/logins.odcs.yaml", """
            apiVersion: v3.1.0
            kind: DataContract
            id: logins
            version: 1.0.0
            status: active
            schema:
              - name: logins
                properties:
                  - { name: event_time, logicalType: timestamp, required: true, customProperties: [ { property: eventTime, value: true } ] }
                  - { name: email, logicalType: string, required: true, classification: personal, customProperties: [ { property: entity, value: person } ] }
            """),
            ("features/logins.yaml", "view: logins\nentity: email\nsource: logins\nfeatures: { n: count() over 7d }\n"));
        await using var jobs = new HistoryJobs(files);
        var history = jobs["logins.csv"];
        await File.WriteAllTextAsync(history, "event_time,email\n2020-01-01T00:00:00Z,ann@example.com\n2020-01-02T00:00:00Z,ann@example.com\n", TestContext.Current.CancellationToken);
        await jobs.ImportAsync("logins", history, KnownAtPolicy.EventTime);
        var spine = jobs["spine.csv"];
        await File.WriteAllTextAsync(spine, "email,event_time\nann@example.com,2020-01-03T00:00:00Z\nbob@example.com,2020-01-03T00:00:00Z\n", TestContext.Current.CancellationToken);

        var made = jobs.Run(new HistoryRequest { Views = ["logins"], Format = "csv" }, spine, givesKeys: true);

        Assert.Equal(["email,event_time,logins__n", "ann@example.com,2020-01-03T00:00:00Z,2", "bob@example.com,2020-01-03T00:00:00Z,0"], File.ReadAllLines(Output(made, "csv")));
    }

    private static async Task<HistoryJobs> SimulatedAsync()
    {
        var jobs = new HistoryJobs(HistoryJobs.Fraud());
        var simulator = new FraudSimulator(Simulation);
        await jobs.ImportAsync("transactions", Csv(jobs["transactions.csv"], "transaction_id,event_time,customer_id,terminal_id,amount", simulator.Transactions().Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.TransactionId},{t.EventTime},{t.CustomerId},{t.TerminalId},{t.Amount}"))), KnownAtPolicy.EventTime);
        await jobs.ImportAsync("fraud_reports", Csv(jobs["reports.csv"], "transaction_id,event_time,is_fraud", simulator.Reports().Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.TransactionId},{r.EventTime},1"))), KnownAtPolicy.EventTime);
        return jobs;
    }

    private static string Csv(string path, string header, IEnumerable<string> rows)
    {
        File.WriteAllLines(path, rows.Prepend(header));
        return path;
    }

    /// <summary>Every transaction, in an order of its own, some twice.</summary>
    private static string Spine(HistoryJobs jobs, string form)
    {
        var path = jobs[$"spine.{form}"];
        using var db = DuckDbDatabase.OpenInMemory();
        using var connection = db.Connect();
        connection.Execute($"COPY (SELECT strftime(event_time, '%Y-%m-%dT%H:%M:%SZ') AS event_time, customer_id, terminal_id, 'row ' || transaction_id AS note FROM (SELECT * FROM read_csv('{jobs["transactions.csv"]}') UNION ALL (SELECT * FROM read_csv('{jobs["transactions.csv"]}') LIMIT 50)) ORDER BY hash(transaction_id)) TO '{path}' (FORMAT {form})");
        return path;
    }

    private static string Output((string Folder, HistoryResult Result) made, string format) => Path.Combine(made.Folder, $"result.{format}");
}

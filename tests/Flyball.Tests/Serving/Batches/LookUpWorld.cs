using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Native.DuckDb;
using Flyball.Serving;
using Flyball.Serving.Batches;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.History;
using Flyball.Training.Onnx;

namespace Flyball.Tests.Serving.Batches;

/// <summary>A model that looks features up, its events, the path of live requests beside, and a history that is computed in this process as a worker would.</summary>
internal sealed class LookUpWorld : IAsyncDisposable, IBatchHistory
{
    private const string Features = "[ transaction.amount, transaction.amount_vs_mean_7d, customer_activity.count_7d, customer_activity.amount_mean_30d, customer_activity.amount_max_30d, terminal_risk.count_28d, terminal_risk.amount_mean_28d ]";

    private int questions;

    public LookUpWorld(Action<FraudProject>? change = null)
    {
        var project = new FraudProject().Replace("models/fraud.yaml", "[ \"transaction.*\", \"customer_activity.*\", \"terminal_risk.*\" ]", Features)
            .Replace("models/fraud.yaml", "  fallback: [ previous-version, { rule: \"if(amount > 200, 0.6, 0.05)\" } ]\n", "");
        change?.Invoke(project);
        World = new ProjectWorkspace(project);
        Serve = ServeDefinition.Read(World.Model, []);
        Version = VersionLoader.Load(LinearBundle.Of(World.Model, 3, Weighted(World.Model.Vector.Columns.Count)), 3, World.Plan);
        Predictor = new Predictor(World.Events, World.Online, new TrafficPlans(), World.Time);
        Directory.CreateDirectory(project["files"]);
    }

    public ProjectWorkspace World { get; }

    public ServedVersion Version { get; }

    public ServeDefinition Serve { get; }

    public Predictor Predictor { get; }

    public BatchScoring Scoring => new(Version, Serve, World.Time);

    /// <summary>How often somebody asked for values.</summary>
    public int Questions => questions;

    public string File(string name) => World.Project["files/" + name];

    /// <summary>The minute of a payment or request: sixty days from April 2018 on.</summary>
    public static EventTime At(int minute) => EventTime.From(new DateTimeOffset(2018, 4, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute));

    public static BatchTerms Small(string input, string output) => BatchWorld.Small(input, output);

    /// <summary>Payments of customers 1 to 8, of which each seventh became known three days after it happened.</summary>
    public async Task PayAsync(int payments, int firstId = 1, int firstMinute = 0)
    {
        var text = new StringBuilder("transaction_id,event_time,customer_id,terminal_id,amount,known_at\n");
        for (var i = 0; i < payments; i++)
        {
            var minute = firstMinute + (i * 131);
            text.AppendLine(CultureInfo.InvariantCulture, $"{firstId + i},{At(minute)},{1 + (i % 8)},{1 + (i % 5)},{5 + (i * 37 % 230)}.{i % 10}7,{At(minute + (i % 7 == 0 ? 3 * 1440 : 0))}");
        }

        var file = File($"payments-{firstId}.csv");
        await System.IO.File.WriteAllTextAsync(file, text.ToString(), TestContext.Current.CancellationToken);
        var total = await EventImport.RunAsync(World.Events, "transactions", file, KnownAtPolicy.OfColumn("known_at"), Caller.Local(), null, TestContext.Current.CancellationToken);
        Assert.Equal(payments, total.Accepted);
    }

    /// <summary>Requests by customers 1 to 9, of whom the last never paid, at instants that go back and forth.</summary>
    public string Requests(string name, int rows)
    {
        var text = new StringBuilder("transaction_id,event_time,customer_id,terminal_id,amount\n");
        for (var i = 1; i <= rows; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{900_000 + i},{Instant(i)},{Customer(i)},{Terminal(i)},{(i == 17 ? -1 : Amount(i))}");
        }

        System.IO.File.WriteAllText(File(name), text.ToString());
        return File(name);
    }

    public static EventTime Instant(int request) => At(20_000 + (request * 7_919 % 40_000));

    public static long Customer(int request) => 1 + (request % 9);

    public static long Terminal(int request) => 1 + (request % 5);

    public static decimal Amount(int request) => 1 + (request * 13 % 300) + (request % 4 * 0.25m);

    /// <summary>What a live request is answered; null when nothing answers.</summary>
    public PredictionRecord? Live(int request)
    {
        var row = new Value[Version.Vector.RequestWidth];
        Assert.Empty(RowCodec.Of(Version.Vector.Request).Read(Encoding.UTF8.GetBytes(ProjectWorkspace.Payment(900_000 + request, Instant(request), Customer(request), Terminal(request), Amount(request))), row));
        var plan = new TrafficPlan("fraud", Version);
        return Predictor.Predict(plan, row, RequestRow.Of(plan, row).Canonical, "r", new PredictionTerms(PredictionRoute.Predict, World.Time.GetTimestamp()), out _, out _);
    }

    public async Task<long> FindAsync(BatchQuestion question, CancellationToken cancellation)
    {
        var directory = World.Project[$"jobs/{questions++}"];
        foreach (var (path, content) in World.Plan.Files)
        {
            var target = Path.Combine(directory, HistoryJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await System.IO.File.WriteAllBytesAsync(target, content, cancellation);
        }

        System.IO.File.Copy(question.Spine, Path.Combine(directory, "spine.parquet"));
        var request = new HistoryRequest { Views = question.Views, Horizon = question.Horizon, AllowsEmpty = question.AllowsEmpty };
        var horizon = question.Horizon is { } seq ? new Horizon(seq) : World.Events.Applied;
        var tables = EventLake.Extend(World.Workspace.Events, World.Workspace.Lake, HistoryCompiler.SourcesOf(World.Plan, request), horizon);
        var job = new HistoryJob { Request = request, Horizon = horizon.Seq, Spine = "spine.parquet", Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)], Parallelism = 2 };
        job.Write(directory);
        _ = new HistoryWorker(directory, World.LakeFolder, TimeProvider.System, _ => { }).Run();
        System.IO.File.Move(Path.Combine(directory, job.OutputFileName), question.Values, overwrite: true);
        return horizon.Seq;
    }

    /// <summary>Scores a file with its history.</summary>
    public async Task<BatchResult> ScoreAsync(BatchTerms terms)
    {
        var work = Scoring.Begin(terms);
        await work.FindAsync(this, TestContext.Current.CancellationToken);
        return work.Run(null, TestContext.Current.CancellationToken);
    }

    /// <summary>The scores of a result by the payment's number.</summary>
    public static Dictionary<long, double> Scores(string parquet)
    {
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        using var rows = connection.Query($"SELECT transaction_id, score FROM read_parquet('{parquet}')");
        var scores = new Dictionary<long, double>();
        while (rows.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++)
            {
                scores.Add(chunk.Column<long>(0)[r], chunk.Column<double>(1)[r]);
            }
        }

        return scores;
    }

    public async ValueTask DisposeAsync()
    {
        Version.Scorer.Dispose();
        await World.DisposeAsync();
    }

    /// <summary>The sigmoid of a weighted sum that every feature moves; without a value of one there is no score.</summary>
    private static byte[] Weighted(int width)
    {
        using var onnx = new OnnxModelBuilder("weighted");
        return onnx.Input("features", -1, width).Output("score", -1, 1)
            .Constant("w", [.. Enumerable.Range(0, width).Select(i => 0.0007f * (i + 1) * (i % 2 == 0 ? 1 : -1))], width, 1)
            .Node("MatMul", "", ["features", "w"], ["xw"])
            .Node("Sigmoid", "", ["xw"], ["score"])
            .Build();
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Monitoring;
using Flyball.Projects;
using Flyball.Serving;
using Flyball.Storage.Journals;
using Flyball.Tests.Time;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Jobs;
using Flyball.Training.Onnx;
using Flyball.Workspaces;

namespace Flyball.Tests.Monitoring;

/// <summary>
/// A real workspace with one deployed version whose reference is known, and a log that tests write predictions and labels to.
/// Its model reads the columns x0, x1 and so on of a request as they are.
/// </summary>
internal sealed class MonitoringFixture : IAsyncDisposable
{
    public const string Model = "fraud";
    public const long LabelWindow = 2 * Clock.MicrosPerDay;

    private static readonly string RunId = Digest.Of("the run").Hex;

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-monitoring-").FullName;
    private readonly ProjectPlan plan;
    private readonly EventLog events;
    private readonly TrainingRuns runs;
    private readonly ServedVersion champion;
    private readonly TrafficPlans traffic = new();
    private readonly ActiveProject project;
    private readonly int width;

    /// <param name="reference">A column a feature.</param>
    /// <param name="importance">Of each feature; equal shares when null.</param>
    /// <param name="frozen">The metric on the frozen test rows.</param>
    public MonitoringFixture(IReadOnlyList<double[]> reference, double[]? importance = null, double frozen = 0.9)
    {
        width = reference.Count;
        plan = Load();
        project = new ActiveProject(plan);
        Workspace = Workspace.Open(Path.Combine(folder, "data"), Time, [.. TrainingTables.Migrations, .. MonitoringTables.Migrations]);
        events = new EventLog(Workspace.Events, plan.ContractSet);
        Alerts = new Alerts(Workspace);
        runs = new TrainingRuns(Workspace, events, project, new TrainingOptions());
        champion = Champion(reference, importance ?? [.. Enumerable.Repeat(1.0 / width, width)]);
        traffic.Swap(new TrafficPlan(Model, champion));
        Check = NewCheck();
        Labels = new LabelHealth(events, project, Workspace);
        events.Replay();
        Remember(frozen);
    }

    public ManualTimeProvider Time { get; } = new();

    public Workspace Workspace { get; }

    public Alerts Alerts { get; }

    public DailyCheck Check { get; }

    public LabelHealth Labels { get; }

    public EventLog Events => events;

    public ActiveProject Project => project;

    public static EventTime Day(double day) => new((long)(20_000 * Clock.MicrosPerDay) + (long)(day * Clock.MicrosPerDay));

    public Task<CheckReport> CheckAsync(double from, double to) => Check.RunAsync(Model, Day(from), Day(to), default);

    /// <summary>A prediction for each row, spread evenly over a day; keys go up from <paramref name="firstKey"/>.</summary>
    public async Task PredictAsync(double day, IReadOnlyList<double[]> rows, long firstKey = 0, Func<int, double>? score = null, PredictionRoute route = PredictionRoute.Predict)
    {
        var entries = rows.Select((row, i) =>
        {
            var instant = Day(day + ((double)i / rows.Count));
            return new JournalEntry(PredictionLog.Stream, PredictionCodec.Encode(Prediction(row, firstKey + i, instant, score?.Invoke(i) ?? 0.5) with { Route = route }));
        }).ToList();
        await Workspace.Predictions.AppendAsync(new JournalBatch(entries), default);
    }

    public async Task PredictOneAsync(long key, EventTime instant, double score, PredictionRoute route = PredictionRoute.Predict) =>
        await Workspace.Predictions.AppendAsync(
            new JournalBatch([new JournalEntry(PredictionLog.Stream, PredictionCodec.Encode(Prediction(new double[width], key, instant, score) with { Route = route }))]), default);

    /// <summary>An answer of the declared rule, in the place of the champion's.</summary>
    public async Task AnswerByRuleAsync(long key, EventTime instant, double score) =>
        await Workspace.Predictions.AppendAsync(
            new JournalBatch([new JournalEntry(PredictionLog.Stream, PredictionCodec.Encode(Prediction([], key, instant, score) with { Rung = Rung.Rule }))]), default);

    public async Task LabelAsync(params (long Key, EventTime At, int Label)[] labels)
    {
        using var batch = events.NewBatch("reports")!;
        foreach (var (key, at, label) in labels)
        {
            batch.AddJson(Encoding.UTF8.GetBytes($$"""{"report_id":{{Number(batch.Received + (1000 * events.Applied.Seq))}},"request_id":{{Number(key)}},"event_time":"{{at}}","is_fraud":{{label}}}"""));
        }

        var outcome = await events.IngestAsync(batch, new IngestTerms(Caller.Local()), default);
        Assert.Equal(labels.Length, outcome.Report?.Accepted);
    }

    /// <summary>Rows of the request source, predicted or not.</summary>
    public async Task RequestAsync(params (long Key, EventTime At)[] requests)
    {
        using var batch = events.NewBatch("requests")!;
        foreach (var (key, at) in requests)
        {
            batch.AddJson(Encoding.UTF8.GetBytes($$"""{"request_id":{{Number(key)}},"event_time":"{{at}}"}"""));
        }

        Assert.True((await events.IngestAsync(batch, new IngestTerms(Caller.Local()), default)).IsStored);
    }

    public List<Alert> Firing() => [.. Alerts.Firing(Model)];

    public async ValueTask DisposeAsync()
    {
        champion.Scorer.Dispose();
        runs.Dispose();
        await Workspace.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Rows of independent standard normal columns, the same for the same seed.</summary>
    public static List<double[]> Normal(int rows, int columns, int seed, Action<double[]>? change = null)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var row = Enumerable.Range(0, columns).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())).ToArray();
            change?.Invoke(row);
            return row;
        })];
    }

    public static List<double[]> Columns(List<double[]> rows) => [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Select(r => r[c]).ToArray())];

    private DailyCheck NewCheck() => new(Workspace, events, project, traffic, runs, Alerts);

    private PredictionRecord Prediction(double[] features, long key, EventTime instant, double score)
    {
        var request = plan.Contracts["requests"];
        var row = new Value[request.Schema.Fields.Count];
        var json = $$"""{"request_id":{{Number(key)}},"event_time":"{{instant}}"}""";
        Assert.Empty(RowCodec.Of(request).Read(Encoding.UTF8.GetBytes(json), row));
        return new PredictionRecord
        {
            RequestId = Number(key),
            Model = Model,
            Version = champion.Version,
            Digest = champion.Digest,
            ChosenVersion = champion.Version,
            Unit = Number(key),
            Instant = instant,
            Horizon = new Horizon(0),
            Request = RowCodec.Of(request).Write(row),
            Features = [.. features.Select(f => double.IsNaN(f) ? Value.Null : Value.FromNumber(f))],
            Raw = (float)score,
            Score = score,
            LatencyMicros = 1,
        };
    }

    private ServedVersion Champion(IReadOnlyList<double[]> reference, double[] importance)
    {
        var model = plan.Models[Model];
        var scores = new double[reference[0].Length];
        Array.Fill(scores, 0.5);
        var manifest = new ModelManifest
        {
            Model = Model,
            Task = "binary-classification",
            RunId = RunId,
            PredictOn = "requests",
            RequestContract = model.Vector.Request.Digest.Hex,
            Features = [.. model.Vector.Columns.Select((c, i) => new ManifestFeature(c.Name, c.Definition.Hex, importance[i]))],
            Inputs = [],
            Gates = [],
            Decide = [],
            Definition = model.Definition.Canonical,
            // Frozen as packaging does it: the training matrix holds single precision.
            Reference = new ReferenceProfile([.. reference.Select(c => FrozenProfile.Of([.. c.Select(v => (double)(float)v)]))], FrozenProfile.Of(scores), scores.Length),
            PackagingDifference = 0,
        };
        using var onnx = new OnnxModelBuilder("linear");
        var bytes = onnx.Input("features", -1, width).Output("score", -1, 1)
            .Constant("w", new float[width], width, 1)
            .Node("MatMul", "", ["features", "w"], ["xw"])
            .Node("Sigmoid", "", ["xw"], ["score"])
            .Build();
        var bundle = ModelBundle.Create(new Dictionary<string, byte[]>
        {
            [ModelBundle.ManifestName] = JsonSerializer.SerializeToUtf8Bytes(manifest, TrainingJson.Options),
            [ModelBundle.OnnxName] = bytes,
        });
        var rules = DecisionRules.Compile([], new("manifest.json"), p => Assert.Fail(p.Message));
        return new ServedVersion(Model, 1, bundle.Digest, model.Vector, BundleScorer.Load(bundle), rules);
    }

    /// <summary>The run that the champion came out of, with what its frozen rows gave.</summary>
    private void Remember(double frozen)
    {
        var result = new JsonObject { ["metrics"] = new JsonObject { ["average_precision"] = frozen } };
        foreach (var name in new[] { "run_id", "bundle" })
        {
            result[name] = RunId;
        }

        foreach (var name in new[] { "parts", "steps" })
        {
            result[name] = new JsonArray();
        }

        foreach (var name in new[] { "latency_p99_micros", "packaging_difference", "cpu_seconds", "peak_memory_bytes" })
        {
            result[name] = 0;
        }

        Assert.Equal(1, Workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute(
                "INSERT INTO runs (run_id, model, state, author, started_at, horizon, as_of_micros, result) VALUES (@RunId, @Model, 'succeeded', 'ann', '', 0, 0, @result)",
                new { RunId, Model, result = result.ToJsonString() },
                tx),
            default).GetAwaiter().GetResult());
    }

    private ProjectPlan Load()
    {
        var root = Path.Combine(folder, "project");
        Write("flyball.yaml", "name: watched\nowner: ann@example.com\n");
        Write("contracts/requests.odcs.yaml", Contract("requests", "request_id", string.Concat(Enumerable.Range(0, width).Select(i => $"      - {{ name: x{Number(i)}, logicalType: number }}\n"))));
        Write("contracts/reports.odcs.yaml", Contract("reports", "report_id", "      - { name: request_id, logicalType: integer, required: true }\n      - { name: is_fraud, logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 1 }, required: true }\n"));
        Write("features/request.yaml", $"features: request\ninputs: requests\nowner: ann@example.com\nfeatures:\n{string.Concat(Enumerable.Range(0, width).Select(i => $"  x{Number(i)}: x{Number(i)}\n"))}");
        Write("models/fraud.yaml", """
            model: fraud
            task: binary-classification
            owner: ann@example.com
            predict: { on: requests, entities: { request: request_id } }
            label: { from: reports, key: request_id, value: is_fraud, window: 2d, absent: 0 }
            features: [ "request.*" ]
            split: { by: time, train: 7d, validation: 2d, test: 2d, embargo: 2d }
            trainer: { kind: xgboost, rounds: 2, max_depth: 2, learning_rate: 0.1, seed: 7 }
            monitor: { performance_window: 5d }
            """);
        var loaded = ProjectPlan.Load(root, out var problems);
        Assert.Empty(problems);
        return loaded!;

        void Write(string path, string text)
        {
            var file = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        static string Contract(string name, string key, string columns) =>
            $"apiVersion: v3.1.0\nkind: DataContract\nid: {name}\nversion: 1.0.0\nstatus: active\nschema:\n  - name: {name}\n    properties:\n"
            + $"      - {{ name: {key}, logicalType: integer, required: true, primaryKey: true }}\n"
            + "      - { name: event_time, logicalType: timestamp, required: true, customProperties: [ { property: eventTime, value: true } ] }\n" + columns;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

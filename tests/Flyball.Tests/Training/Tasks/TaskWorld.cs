using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Engine.Identity;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Tests.Time;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Jobs;
using Flyball.Training.Outside;
using Flyball.Workspaces;

namespace Flyball.Tests.Training.Tasks;

/// <summary>A project of one source without event time, whose rows are made up: a number, a whole number, a category, and three labels.</summary>
internal sealed class TaskWorld : IAsyncDisposable
{
    public const string Contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: people
        version: 1.0.0
        status: active
        schema:
          - name: people
            properties:
              - { name: id, logicalType: string, required: true, primaryKey: true }
              - { name: household, logicalType: integer, required: true }
              - { name: x, logicalType: number, customProperties: [ { property: coerce, value: true } ] }
              - { name: n, logicalType: integer, required: true }
              - { name: plan, logicalType: string, required: true }
              - { name: part, logicalType: integer, required: true }
              - { name: rest, logicalType: integer, required: true }
              - { name: left, logicalType: string, required: true, enum: [ { value: "Yes" }, { value: "No" } ] }
              - { name: kind, logicalType: string, required: true, enum: [ { value: red }, { value: green }, { value: blue } ] }
              - { name: total, logicalType: integer, required: true }
        """;

    public const string View = """
        view: person
        inputs: people
        features:
          x: x
          n: n
          plan: plan
          big: x > 0.5
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-tasks-").FullName;
    private int jobs;

    private TaskWorld(string model, string view, IReadOnlyDictionary<string, string> files)
    {
        Write("flyball.yaml", "name: people\n");
        Write("contracts/people.odcs.yaml", Contract);
        Write("features/person.yaml", view);
        Write("models/m.yaml", model);
        foreach (var (path, text) in files)
        {
            Write(path, text);
        }

        Plan = ProjectPlan.Load(folder, out var problems);
        Problems = problems;
        Workspace = Workspace.Open(Path.Combine(folder, "data"), new ManualTimeProvider(), TrainingTables.Migrations);
    }

    public ProjectPlan? Plan { get; }

    public ProblemList Problems { get; }

    public Workspace Workspace { get; }

    public EventLog Events { get; private set; } = null!;

    public ModelPlan Model => Plan!.Models["m"];

    public string Folder => folder;

    /// <summary>What the workers reported, line by line.</summary>
    public List<string> Said { get; } = [];

    /// <summary>How the built program is started with one of its hidden commands.</summary>
    public static IReadOnlyList<string> Program(string command) => ["dotnet", Path.Combine(AppContext.BaseDirectory, "Flyball.Server.dll"), command];

    /// <summary>The lines of a model file that every test begins with.</summary>
    public static string ModelFile(string task, string label, string rest) => $$"""
        model: m
        task: {{task}}
        predict: { on: people }
        label: { from: people, key: id, {{label}} }
        features: [ "person.*" ]
        {{rest}}
        """;

    public static string Trees(string more = "") => $"trainer: {{ kind: xgboost, rounds: 25, max_depth: 3, seed: 1{more} }}";

    public const string Stratified = "split: { by: stratified, train: 60%, validation: 20%, test: 20%, seed: 5 }";

    /// <summary>The problems of a project with this model.</summary>
    public static async Task<IReadOnlyList<string>> CodesOf(string model, string view = View)
    {
        await using var world = new TaskWorld(model, view, new Dictionary<string, string>());
        return [.. world.Problems.Select(p => p.Code)];
    }

    public static async Task<TaskWorld> OpenAsync(string model, int rows = 900, string view = View, IReadOnlyDictionary<string, string>? files = null, Func<int, string>? rowOf = null)
    {
        var world = new TaskWorld(model, view, files ?? new Dictionary<string, string>());
        Assert.Empty(world.Problems);
        world.Events = new EventLog(world.Workspace.Events, world.Plan!.ContractSet);
        world.Events.Replay();
        foreach (var block in Enumerable.Range(0, rows).Select(i => rowOf?.Invoke(i) ?? Row(i)).Chunk(1000))
        {
            using var batch = world.Events.NewBatch("people")!;
            foreach (var row in block)
            {
                batch.AddJson(Encoding.UTF8.GetBytes(row));
            }

            var outcome = await world.Events.IngestAsync(batch, new IngestTerms(Caller.Local(), KnownAtPolicy.Assigned), default);
            Assert.Equal(block.Length, outcome.Report?.Accepted);
        }

        return world;
    }

    /// <summary>A row by its number: x tells whether somebody left, the plan and x tell the kind, n and x tell the total.</summary>
    public static string Row(int number, bool withLabels = true)
    {
        var random = new Random(1000 + number);
        double x = Math.Round(random.NextDouble(), 6), noise = random.NextDouble();
        var (n, plan) = (random.Next(1, 9), (string[])["basic", "plus", "pro", "team"]);
        var chosen = plan[random.Next(number % 7 == 0 ? 4 : 3)];
        var left = x + (chosen == "basic" ? 0.4 : 0) + (0.3 * noise) > 0.8;
        var kind = x < 0.33 ? "red" : chosen == "plus" || noise > 0.8 ? "green" : "blue";
        var total = (int)Math.Round((5 * n) + (20 * x) + (6 * noise));
        var part = random.Next(total + 1);
        var text = $$"""{"id":"p{{number}}","household":{{number / 3}},"x":{{(number % 11 == 0 ? "null" : x)}},"n":{{n}},"plan":"{{chosen}}","part":{{part}},"rest":{{total - part}}""";
        return text + (withLabels ? $$""","left":"{{(left ? "Yes" : "No")}}","kind":"{{kind}}","total":{{total}}}""" : "}");
    }

    public TrainingSetBuilder Builder()
    {
        var tables = EventLake.Extend(Workspace.Events, Workspace.Lake, TrainingSetBuilder.SourcesOf(Model), Events.Applied);
        var builder = new TrainingSetBuilder(Plan!, Model, Workspace.Directory.Lake, tables, Events.Applied);
        builder.Load();
        return builder;
    }

    /// <summary>Runs whose workers are processes of the built program.</summary>
    public TrainingRuns Runs() => new(Workspace, Events, new ActiveProject(Plan!), new TrainingOptions { WorkerCommand = Program("train-worker") });

    /// <summary>Trains in this process, or takes a file in the trainer's place.</summary>
    public (TrainingResult Result, ModelBundle Bundle, FrozenEvaluation Frozen) Train(OutsideModel? outside = null, byte[]? file = null)
    {
        var directory = Path.Combine(folder, $"job-{Interlocked.Increment(ref jobs)}");
        foreach (var (path, content) in Plan!.Files)
        {
            var target = Path.Combine(directory, TrainingJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        var tables = EventLake.Extend(Workspace.Events, Workspace.Lake, TrainingSetBuilder.SourcesOf(Model), Events.Applied);
        new TrainingJob
        {
            RunId = Digest.Of("a run").Hex,
            Model = "m",
            Horizon = Events.Applied.Seq,
            AsOfMicros = long.MaxValue / 4,
            Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)],
            Outside = outside,
        }.Write(directory);
        if (file is not null)
        {
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.OutsideFileName), file);
        }

        var result = new TrainingWorker(directory, Workspace.Directory.Lake, TimeProvider.System, Said.Add) { Confiner = Program("run-confined") }.Run();
        return (
            result,
            ModelBundle.Unpack(File.ReadAllBytes(Path.Combine(directory, TrainingJob.BundleFileName))),
            FrozenEvaluation.Parse(File.ReadAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName))));
    }

    public async ValueTask DisposeAsync()
    {
        await Workspace.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void Write(string path, string text)
    {
        var target = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }
}

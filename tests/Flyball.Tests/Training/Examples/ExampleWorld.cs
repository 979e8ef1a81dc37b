using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Server.Hosting;
using Flyball.Tests.Time;
using Flyball.Training;
using Flyball.Training.Datasets;
using Flyball.Training.History;
using Flyball.Training.Jobs;
using Flyball.Workspaces;

namespace Flyball.Tests.Training.Examples;

/// <summary>An example of the repository with a data directory of its own, and the rows that are given to it.</summary>
internal sealed class ExampleWorld : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-examples-").FullName;
    private readonly Workspace workspace;
    private readonly EventLog events;
    private readonly ProjectPlan plan;

    /// <param name="example">Its folder under <c>examples</c>.</param>
    /// <param name="change">Changes the copy, whose folder it is given.</param>
    public ExampleWorld(string example, Action<string>? change = null)
    {
        var (from, project) = (Path.Combine(Repository(), "examples", example), Path.Combine(folder, "project"));
        foreach (var path in Directory.EnumerateFiles(from, "*.yaml", SearchOption.AllDirectories))
        {
            var target = Path.Combine(project, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }

        change?.Invoke(project);
        plan = ProjectPlan.Load(project, out var problems)!;
        Assert.Empty(problems);
        workspace = Workspace.Open(Path.Combine(folder, "data"), new ManualTimeProvider(), [.. TrainingTables.Migrations]);
        events = new EventLog(workspace.Events, plan.ContractSet, tokens: Tokeniser.For(plan.ContractSet, workspace.Directory.Keys));
        events.Replay();
        Runs = new TrainingRuns(workspace, events, new ActiveProject(plan), new TrainingOptions { WorkerCommand = ["dotnet", typeof(FlyballHost).Assembly.Location, "train-worker"] });
    }

    /// <summary>Runs as the program makes them: by child processes.</summary>
    public TrainingRuns Runs { get; }

    /// <summary>Rows of a file without quotes or commas in its cells, as a client would send them.</summary>
    /// <param name="texts">The columns that are texts; null for all. The others are sent as the numbers they are.</param>
    /// <param name="keep">Whether a row is sent, by its cells; null for every one.</param>
    /// <param name="add">Adds to a row that is sent.</param>
    public async Task IngestAsync(
        string source, string file, KnownAtPolicy known, IReadOnlyList<string>? texts = null, Func<string[], bool>? keep = null, Action<JsonObject>? add = null)
    {
        await using var stream = File.OpenRead(file);
        using var reader = new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        var names = (await reader.ReadLineAsync())!.Split(',');
        var rows = new List<JsonObject>();
        while (await reader.ReadLineAsync() is { } line)
        {
            var cells = line.Split(',');
            if (keep?.Invoke(cells) == false)
            {
                continue;
            }

            var row = new JsonObject([.. names.Select((n, i) => KeyValuePair.Create(n, texts is null || texts.Contains(n) ? cells[i] : JsonNode.Parse(cells[i])))]);
            add?.Invoke(row);
            rows.Add(row);
        }

        foreach (var block in rows.Chunk(1000))
        {
            using var batch = events.NewBatch(source)!;
            foreach (var row in block)
            {
                batch.AddJson(Encoding.UTF8.GetBytes(row.ToJsonString()));
            }

            var outcome = await events.IngestAsync(batch, new IngestTerms(Caller.Local(), known), TestContext.Current.CancellationToken);
            Assert.Equal(block.Length, outcome.Report?.Accepted);
        }
    }

    /// <summary>The rows of a model as a run divides them, as of the last of them.</summary>
    public (ModelPlan Model, TrainingSetBuilder Builder, TrainingSet Set) Rows(string model)
    {
        var target = plan.Models[model];
        var tables = EventLake.Extend(workspace.Events, workspace.Lake, TrainingSetBuilder.SourcesOf(target), events.Applied);
        var builder = new TrainingSetBuilder(plan, target, workspace.Directory.Lake, tables, events.Applied);
        builder.Load();
        return (target, builder, builder.Build(target.Definition.Split.ToTimeSplit(target.Definition.Label).Plan(ModelSpine.TimeOf(workspace.Directory.Lake, tables))));
    }

    /// <summary>Trains in this process.</summary>
    public TrainingResult Train(string model)
    {
        var job = Path.Combine(folder, "job");
        foreach (var (path, content) in plan.Files)
        {
            var target = Path.Combine(job, TrainingJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        var tables = EventLake.Extend(workspace.Events, workspace.Lake, TrainingSetBuilder.SourcesOf(plan.Models[model]), events.Applied);
        new TrainingJob
        {
            RunId = Digest.Of("a run").Hex,
            Model = model,
            Horizon = events.Applied.Seq,
            AsOfMicros = EventTime.From(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)).Micros,
            Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)],
        }.Write(job);
        return new TrainingWorker(job, workspace.Directory.Lake, TimeProvider.System, _ => { }).Run();
    }

    /// <summary>Trains and makes the run again, as <c>flyball train</c> and <c>flyball reproduce run</c> do.</summary>
    public async Task<TrainingResult> TrainTwiceAsync(string model)
    {
        var stop = TestContext.Current.CancellationToken;
        var (run, cached) = await Runs.RunAsync(model, new TrainingRequest(), Caller.Local("ann"), null, stop);
        var again = await Runs.ReproduceAsync(run.RunId, Caller.Local("bob"), null, stop);

        Assert.False(cached);
        Assert.Equal((true, run.Bundle), (again.Identical, again.Again));
        var kept = Assert.Single(Runs.Reproductions(run.RunId));
        Assert.Equal(("bob", true), (kept.Actor, kept.Identical));
        return System.Text.Json.JsonSerializer.Deserialize<TrainingResult>(run.Result!, TrainingJson.Options)!;
    }

    public async ValueTask DisposeAsync()
    {
        Runs.Dispose();
        await workspace.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string Repository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Flyball.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return at.FullName;
    }
}

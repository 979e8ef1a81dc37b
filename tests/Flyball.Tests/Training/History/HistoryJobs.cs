using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Native.DuckDb;
using Flyball.Tests.Time;
using Flyball.Training;
using Flyball.Training.History;
using Flyball.Workspaces;

namespace Flyball.Tests.Training.History;

/// <summary>A project folder with a data directory, and history jobs over it, each computed in this process as a worker would.</summary>
internal sealed class HistoryJobs : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-jobs-").FullName;
    private readonly EventLog events;
    private readonly ManualTimeProvider time = new();
    private int jobs;

    /// <param name="files">The files of the project by their paths.</param>
    public HistoryJobs(IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, text) in files)
        {
            var target = Path.Combine(folder, "project", path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text);
        }

        Plan = ProjectPlan.Load(Path.Combine(folder, "project"), out var problems)!;
        Assert.Empty(problems);
        Workspace = Workspace.Open(Path.Combine(folder, "data"), time, TrainingTables.Migrations);
        events = new EventLog(Workspace.Events, Plan.ContractSet, tokens: Tokeniser.For(Plan.ContractSet, Workspace.Directory.Keys));
        events.Replay();
    }

    public ProjectPlan Plan { get; }

    public Workspace Workspace { get; }

    public Horizon Horizon => events.Applied;

    public string this[string path] => Path.Combine(folder, path);

    /// <summary>The fraud example's files, and others.</summary>
    public static Dictionary<string, string> Fraud(params (string Path, string Text)[] more)
    {
        using var project = new Workspaces.FraudProject();
        var files = Directory.EnumerateFiles(project.Folder, "*.yaml", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(project.Folder, f), File.ReadAllText);
        foreach (var (path, text) in more)
        {
            files[path] = text;
        }

        return files;
    }

    public async Task ImportAsync(string source, string file, KnownAtPolicy knownAt)
    {
        var total = await EventImport.RunAsync(events, source, file, knownAt, Caller.Local(), null, TestContext.Current.CancellationToken);
        Assert.Equal(total.Received, total.Accepted);
    }

    /// <summary>Computes a job; the result is the file <c>OutputFileName</c> of the folder that comes back.</summary>
    public (string Folder, HistoryResult Result) Run(HistoryRequest request, string? spine, int parallelism = 2, bool givesKeys = false)
    {
        var directory = Path.Combine(folder, "jobs", $"job-{jobs++}");
        foreach (var (path, content) in Plan.Files)
        {
            var target = Path.Combine(directory, HistoryJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        if (spine is not null)
        {
            File.Copy(spine, Path.Combine(directory, Path.GetFileName(spine)));
        }

        var horizon = request.Horizon is { } seq ? new Horizon(seq) : Horizon;
        var tables = EventLake.Extend(Workspace.Events, Workspace.Lake, HistoryCompiler.SourcesOf(Plan, request), horizon);
        new HistoryJob
        {
            Request = request,
            Horizon = horizon.Seq,
            Spine = spine is null ? null : Path.GetFileName(spine),
            Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)],
            KeysDirectory = givesKeys ? Workspace.Directory.Keys : null,
            Parallelism = parallelism,
        }.Write(directory);
        return (directory, new HistoryWorker(directory, Workspace.Directory.Lake, TimeProvider.System, line => Assert.NotNull(JsonNode.Parse(line))).Run());
    }

    /// <summary>Numbers and texts of one query; tables are the files that it names.</summary>
    public static List<string> Query(string sql)
    {
        using var db = DuckDbDatabase.OpenInMemory(new() { Threads = 2 });
        using var connection = db.Connect();
        using var result = connection.Query($"SELECT COLUMNS(*)::VARCHAR FROM ({sql})");
        var rows = new List<string>();
        while (result.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++)
            {
                rows.Add(string.Join('|', result.Columns.Select((_, c) => chunk.Text(c, r))));
            }
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Workspace.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

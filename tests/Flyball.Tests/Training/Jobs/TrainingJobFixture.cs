using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Server.Simulation;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Jobs;

namespace Flyball.Tests.Training.Jobs;

/// <summary>Sixty simulated days in a lake, and training workers run on them in this process. One for all tests of the collection: they only read.</summary>
public sealed class TrainingJobFixture : IAsyncLifetime
{
    public const int Days = 60;

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-jobs-").FullName;
    private readonly Lock only = new();
    private ProjectWorkspace world = null!;
    private (string Directory, FinishedJob Job)? usual;
    private int jobs;

    internal ProjectWorkspace World => world;

    public static EventTime Start { get; } = EventTime.From(new DateTimeOffset(2018, 4, 1, 0, 0, 0, TimeSpan.Zero));

    public static EventTime Day(double day) => new(Start.Micros + (long)(day * Clock.MicrosPerDay));

    /// <summary>The example with splits and trees for a small data set.</summary>
    internal static FraudProject SmallProject() => new FraudProject()
        .Replace("models/fraud.yaml", "train: 70d, validation: 7d, test: 10d", "train: 21d, validation: 8d, test: 8d")
        .Replace("models/fraud.yaml", "rounds: 120", "rounds: 20");

    public async ValueTask InitializeAsync()
    {
        world = new ProjectWorkspace(SmallProject());
        await world.IngestAsync(new FraudSimulation { Seed = 5, Customers = 200, Terminals = 2_000, Days = Days });
    }

    public async ValueTask DisposeAsync()
    {
        await world.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The usual job as one worker made it, with its folder: made once, for tests that look at an outcome and change nothing.</summary>
    internal (string Directory, FinishedJob Job) Usual
    {
        get
        {
            lock (only)
            {
                var directory = usual?.Directory ?? Prepare();
                return usual ??= (directory, Run(directory));
            }
        }
    }

    /// <summary>A folder as the usual job's worker left it, to be changed.</summary>
    internal string CopyOfUsual()
    {
        var copy = Path.Combine(folder, $"job-{Interlocked.Increment(ref jobs)}");
        foreach (var file in Directory.EnumerateFiles(Usual.Directory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Usual.Directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    /// <summary>A folder as a training child process is given it.</summary>
    internal string Prepare(ProjectPlan? plan = null, double asOfDay = Days, long? permute = null, byte[]? champion = null, byte[]? given = null)
    {
        var directory = Path.Combine(folder, $"job-{Interlocked.Increment(ref jobs)}");
        foreach (var (path, content) in (plan ?? world.Plan).Files)
        {
            var target = Path.Combine(directory, TrainingJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        new TrainingJob
        {
            RunId = Digest.Of("a run").Hex,
            Model = "fraud",
            Horizon = world.Events.Applied.Seq,
            AsOfMicros = Day(asOfDay).Micros,
            Tables = [.. world.Tables().Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)],
            PermuteLabels = permute,
        }.Write(directory);
        Place(champion, TrainingJob.ChampionFileName);
        Place(given, TrainingJob.GivenFileName);
        return directory;

        void Place(byte[]? bytes, string name)
        {
            if (bytes is not null)
            {
                File.WriteAllBytes(Path.Combine(directory, name), bytes);
            }
        }
    }

    internal FinishedJob Run(string directory)
    {
        var steps = new List<string>();
        var result = new TrainingWorker(directory, world.LakeFolder, TimeProvider.System, steps.Add).Run();
        return new FinishedJob(
            result,
            File.ReadAllBytes(Path.Combine(directory, TrainingJob.BundleFileName)),
            File.ReadAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName)),
            steps);
    }
}

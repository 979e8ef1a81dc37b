using System.Diagnostics;
using System.Text.Json;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features.History;

namespace Flyball.Training.History;

/// <summary>
/// Computes one history in its own process: reads a job folder and the lake's files, writes the result, what it found, or why it could not into the
/// folder, and reports steps as lines. The result depends on the job alone: run twice, it has the same bytes.
/// </summary>
public sealed class HistoryWorker(string directory, string lakeDirectory, TimeProvider time, Action<string> report)
{
    private readonly HistoryJob job = HistoryJob.Read(directory);
    private readonly long started = time.GetTimestamp();

    /// <exception cref="FlyballException">The spine does not fit, or nothing of its past was known; the folder says so too.</exception>
    public HistoryResult Run()
    {
        try
        {
            var result = Compute();
            File.WriteAllBytes(Path.Combine(directory, HistoryJob.ResultFileName), JsonSerializer.SerializeToUtf8Bytes(result, TrainingJson.Options));
            return result;
        }
        catch (FlyballException e)
        {
            File.WriteAllBytes(Path.Combine(directory, HistoryJob.ProblemFileName), JsonSerializer.SerializeToUtf8Bytes(e.Problem, TrainingJson.Options));
            throw;
        }
    }

    private HistoryResult Compute()
    {
        var project = ProjectPlan.Load(Path.Combine(directory, HistoryJob.ProjectFolderName), out var problems) ?? throw new FlyballException(problems[0]);
        GiveTokens(project);
        var tables = job.Manifests();
        var plan = HistoryCompiler.PlanOf(project, job, tables);
        var options = job.Parallelism is { } threads ? new HistoryOptions { Parallelism = threads } : new HistoryOptions();
        var asOf = job.Spine is null ? ModelSpine.TimeOf(lakeDirectory, tables) : (KnownAt?)null;
        using var spine = asOf is { } instant
            ? OpenRequests(project, plan, instant, options)
            : SpineFile.Open(Path.Combine(directory, job.Spine!), directory, options);
        Report("read", FormattableString.Invariant($"{spine.Rows:N0} rows of the spine"));
        var run = new HistoryRun(plan, spine, lakeDirectory, options, Report);
        run.Run();
        var output = Path.Combine(directory, job.OutputFileName);
        var note = plan.Bucket.IsWhole ? null : PartNote.Of(job, spine, run.Rows, HistoryFound.Of(plan, run)).ToJson();
        var rows = HistoryOutput.Write(plan, spine, output, job.Spine is null ? $"f.{ModelShape.Label} IS NOT NULL" : null, note);
        using var written = File.OpenRead(output);
        using var process = Process.GetCurrentProcess();
        Report("write", FormattableString.Invariant($"{written.Length:N0} bytes"));
        return new HistoryResult
        {
            Sha256 = Digest.Of(written).Hex,
            Bytes = written.Length,
            Rows = rows,
            Columns = HistoryOutput.ColumnsOf(plan, spine),
            SpineRows = spine.Rows,
            AsOfMicros = asOf?.Micros,
            Found = HistoryFound.Of(plan, run),
            Events = run.Events,
            SpilledBytes = run.Spilled,
            CpuSeconds = process.TotalProcessorTime.TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }

    private SpineTable OpenRequests(ProjectPlan project, HistoryPlan plan, KnownAt asOf, HistoryOptions options)
    {
        var model = HistoryCompiler.ModelOf(project, job.Request)!;
        return ModelSpine.Open(model, lakeDirectory, plan.TableOf(model.Vector.Request), asOf, directory, options);
    }

    private void GiveTokens(ProjectPlan project)
    {
        if (job.KeysDirectory is not { } keys)
        {
            return;
        }

        var tokens = Tokeniser.For(project.ContractSet, keys);
        foreach (var contract in project.ContractSet.Plans.Where(p => p.HoldsPersonal))
        {
            contract.Tokens = tokens;
        }
    }

    private void Report(string step, string detail) =>
        report(JsonSerializer.Serialize(new StepLine(step, Math.Round(time.GetElapsedTime(started).TotalSeconds, 3), detail), TrainingJson.Options));

    private sealed record StepLine(string Step, double Seconds, string Detail);
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Storage.Audit;
using Flyball.Storage.Lakes;
using Flyball.Training.Datasets;
using Flyball.Training.History;
using Flyball.Training.Jobs;
using Flyball.Training.Lineage;
using Flyball.Training.Pipeline;
using Flyball.Training.Trainers;
using Flyball.Workspaces;

namespace Flyball.Training;

/// <summary>
/// Makes training runs.
/// <list type="number">
/// <item>The data is what the model's sources hold at their last row; its manifests, the definitions and the program give the run its id.</item>
/// <item>Submitting what was already trained gives the first run back. One that was cut off goes on where it stood.</item>
/// <item>A child process makes it, step by step; each step is in the catalog as soon as it is done. One run at a time.</item>
/// </list>
/// </summary>
/// <param name="notes">Where runs are noted beside those that others log; null for nowhere.</param>
public sealed class TrainingRuns(Workspace workspace, EventLog events, ActiveProject project, TrainingOptions options, RunNotes? notes = null) : IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly RunStore store = new(workspace.Catalog, workspace.Time);
    private readonly StepStore steps = new(workspace.Catalog);
    private readonly ReproductionStore reproductions = new(workspace.Catalog);
    private readonly JobFolders folders = new(workspace);
    private readonly ConcurrentDictionary<string, KnownAt> times = new(StringComparer.Ordinal);

    /// <summary>Where runs say what they read and made.</summary>
    public LineageLog Lineage { get; } = new(workspace);

    /// <param name="progress">Lines of JSON: a step that starts, a line of its log, a step that is done (see <see cref="StepRecord"/>).</param>
    /// <returns>The run, and whether it had been made before.</returns>
    /// <exception cref="FlyballException">There is no such model, or the run failed.</exception>
    public async Task<(TrainingRun Run, bool Cached)> RunAsync(string model, TrainingRequest request, Caller author, Action<string>? progress, CancellationToken cancellation)
    {
        var (plan, source) = project.Now;
        var target = plan.Models.TryGetValue(model, out var found)
            ? WithPrograms(found)
            : throw new FlyballException(new Problem("FLY4004", $"The project has no model {model}.", Remedy: $"Known models: {string.Join(", ", plan.Models.Keys.Order(StringComparer.Ordinal))}."));
        var tables = Snapshot(target);
        var asOf = TimeOf(tables);
        var horizon = tables.Max(t => t.Horizon.Seq);
        var identity = RunIdentity.Describe(target, tables, horizon, asOf.Micros, request);
        var id = CanonicalJson.Digest(identity).Hex;
        if (store.Find(id) is { Succeeded: true } before)
        {
            return (before, true);
        }

        await one.WaitAsync(cancellation);
        try
        {
            if (store.Find(id) is { Succeeded: true } meanwhile)
            {
                return (meanwhile, true);
            }

            var run = new TrainingRun
            {
                RunId = id,
                Model = model,
                State = RunStates.Running,
                Author = author.Name,
                StartedAt = Now(),
                Horizon = horizon,
                AsOfMicros = asOf.Micros,
                PermuteLabels = request.PermuteLabels,
                Source = (source?.ToJson(request.Source) ?? AppliedSource.Unknown(request.Source))?.ToJsonString(),
                Identity = identity.ToJsonString(),
            };
            return (await MakeAsync(run, plan, target, tables, request, author, progress, cancellation), false);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>
    /// Clears up after a process that ended in the middle of a run: its worker is gone with it, and the run is interrupted. Called once, before the
    /// first run of this process.
    /// </summary>
    public async Task RecoverAsync(CancellationToken cancellation)
    {
        Lineage.Recover();
        folders.Sweep(await store.InterruptAsync(cancellation));
        foreach (var id in notes?.Behind(store.States()) ?? [])
        {
            await NoteAsync(id);
        }
    }

    /// <summary>Trains a finished run again from its recorded job and compares the bundles' digests. What came out is kept, and stands in the audit log.</summary>
    public async Task<ReproducedRun> ReproduceAsync(string runId, Caller caller, Action<string>? progress, CancellationToken cancellation)
    {
        var run = Find(runId) ?? throw new FlyballException(new Problem("FLY4004", "There is no such run."));
        if (!run.Succeeded || !Digest.TryParse(store.JobBlob(run.RunId), out var packed))
        {
            throw new FlyballException(new Problem("FLY3227", $"The run is {run.State}: there is nothing to compare with."));
        }

        await one.WaitAsync(cancellation);
        try
        {
            var directory = folders.Again(run.RunId, workspace.Blobs.Read(packed));
            try
            {
                await WorkerProcess.RunAsync(options, directory, workspace.Directory.Lake, workspace.Time, progress ?? (_ => { }), cancellation);
                var digest = Result(directory).Bundle;
                await KeepAsync(new RunReproduction(run.RunId, caller.Name, Now(), run.Bundle!, digest, digest == run.Bundle), caller, cancellation);
                return new ReproducedRun(run.RunId, digest == run.Bundle, run.Bundle!, digest);
            }
            finally
            {
                JobFolders.Delete(directory);
            }
        }
        finally
        {
            one.Release();
        }
    }

    /// <param name="runId">The whole id, or its first eight digits or more when they name one run.</param>
    public TrainingRun? Find(string runId) =>
        store.Find(runId) ?? (runId.Length is >= 8 and < 64 && runId.All(char.IsAsciiHexDigitLower) && store.StartingWith(runId) is [var only] ? only : null);

    /// <summary>Places in the log of the rows of a part; null when there is no such run or part.</summary>
    public long[]? RowsOf(string runId, string part) =>
        Digest.TryParse(Find(runId)?.EvaluationBlob, out var evaluation) ? FrozenEvaluation.Parse(workspace.Blobs.Read(evaluation)).Split?.Rows(part) : null;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<TrainingRun> List(string? model, int limit, string? state = null) => store.List(model, state, limit);

    /// <summary>What was done, in order, over all attempts.</summary>
    public IReadOnlyList<StepRecord> Steps(string runId) => steps.Of(runId);

    /// <summary>How often a run was made again, and what came out, the last one last.</summary>
    public IReadOnlyList<RunReproduction> Reproductions(string runId) => reproductions.Of(runId);

    /// <summary>Notes the version that came out of a run beside it.</summary>
    public Task NoteVersionAsync(TrainingRun run, int version, CancellationToken cancellation) => notes?.NoteVersionAsync(run, version, cancellation) ?? Task.CompletedTask;

    /// <summary>Adds a step that is made outside of the child process, such as the registration of what came out.</summary>
    public Task RecordAsync(string runId, StepRecord step, CancellationToken cancellation) => steps.AppendAsync(runId, step, cancellation);

    public void Dispose() => one.Dispose();

    /// <summary>What a training program consists of may change with no word to anybody: it is hashed for each run that is asked for.</summary>
    private static ModelPlan WithPrograms(ModelPlan model) =>
        model.Definition.Trainer.Command is { } command ? model with { Programs = ProgramFiles.Of(command.Run) } : model;

    /// <summary>The model's sources up to their last row: rows of other sources that came since are no part of the data.</summary>
    private IReadOnlyList<LakeManifest> Snapshot(ModelPlan model)
    {
        var sources = TrainingSetBuilder.SourcesOf(model);
        var tables = EventLake.Extend(workspace.Events, workspace.Lake, sources, events.Applied);
        var last = new Horizon(tables.Max(t => t.Files.Count == 0 ? 0 : Math.Min(t.Files[^1].LastSeq, t.Horizon.Seq)));
        return [.. tables.Select(t => workspace.Lake.Manifest(t.Table, last))];
    }

    /// <summary>Cost: a pass over the times of the rows, once for each snapshot.</summary>
    private KnownAt TimeOf(IReadOnlyList<LakeManifest> tables)
    {
        var name = string.Join(' ', tables.Select(t => t.Digest.Hex));
        if (!times.TryGetValue(name, out var known))
        {
            known = tables.All(t => t.Files.Count == 0) ? new KnownAt(0) : ModelSpine.TimeOf(workspace.Directory.Lake, tables);
            times.Clear();
            times[name] = known;
        }

        return known;
    }

    private async Task<TrainingRun> MakeAsync(
        TrainingRun run, ProjectPlan plan, ModelPlan target, IReadOnlyList<LakeManifest> tables, TrainingRequest request, Caller author, Action<string>? progress, CancellationToken cancellation)
    {
        var attempt = await store.BeginAsync(run, cancellation);
        var job = new TrainingJob
        {
            RunId = run.RunId,
            Model = run.Model,
            Horizon = run.Horizon,
            AsOfMicros = run.AsOfMicros,
            Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)],
            PermuteLabels = request.PermuteLabels,
            Outside = request.Outside,
            Programs = target.Definition.Trainer.Command is null ? null : target.Programs,
        };
        await NoteAsync(run.RunId);
        var directory = folders.Prepare(job, plan, request);
        StoredDatasets.Clear(workspace.Directory.Datasets, options.DatasetCacheBytes);
        if (options.DatasetCacheBytes > 0)
        {
            StoredDatasets.Offer(directory, workspace.Directory.Datasets, StoredDatasets.BasisOf((JsonObject)JsonNode.Parse(run.Identity!)!));
        }

        var said = Lineage.Start(run.RunId, plan, target, tables);
        var keeper = new StepKeeper(steps, run.RunId, attempt, progress);
        try
        {
            await WorkerProcess.RunAsync(options, directory, workspace.Directory.Lake, workspace.Time, keeper.Take, cancellation);
            await keeper.DrainAsync();
            var finished = await FinishAsync(run.RunId, directory, author, cancellation);
            await NoteAsync(run.RunId);
            Lineage.Complete(said, plan, target, tables, finished.Bundle);
            JobFolders.Delete(directory);
            return finished;
        }
        catch (OperationCanceledException)
        {
            await keeper.DrainAsync();
            await store.EndAsync(run.RunId, RunStates.Interrupted, "Whoever asked for it went away before it ended.", CancellationToken.None);
            await NoteAsync(run.RunId);
            Lineage.Fail(said, plan, run.Model, "interrupted");
            throw;
        }
        catch (Exception e)
        {
            var reason = e is FlyballException known ? known.Problem.Message : e.Message;
            await keeper.FailAsync(reason, workspace.Time);
            await store.EndAsync(run.RunId, RunStates.Failed, reason, CancellationToken.None);
            await NoteAsync(run.RunId);
            await AuditAsync("run.fail", run.RunId, author, AuditDecision.Deny, null, reason);
            Lineage.Fail(said, plan, run.Model, reason);
            JobFolders.Delete(directory);
            throw;
        }
    }

    private async Task<TrainingRun> FinishAsync(string id, string directory, Caller author, CancellationToken cancellation)
    {
        var result = Result(directory);
        var blobs = new RunBlobs(
            workspace.Blobs.Put(File.ReadAllBytes(Path.Combine(directory, TrainingJob.BundleFileName))),
            workspace.Blobs.Put(File.ReadAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName))),
            workspace.Blobs.Put(JobArchive.Pack(directory)));
        await store.FinishAsync(id, result, blobs, cancellation);
        await AuditAsync("run.finish", id, author, AuditDecision.Allow, Digest.TryParse(result.Bundle, out var made) ? made : null, null);
        return store.Find(id)!;
    }

    /// <summary>The audit entry is durable before the outcome counts.</summary>
    private async Task KeepAsync(RunReproduction made, Caller caller, CancellationToken cancellation)
    {
        await workspace.Audit.AppendAsync(
            new AuditEntry(caller.Name, caller.AuthMethod, "run.reproduce", "run", made.RunId)
            {
                Before = Digest.TryParse(made.Bundle, out var first) ? first : null,
                After = Digest.TryParse(made.Again, out var second) ? second : null,
                Details = new JsonObject { ["identical"] = made.Identical },
            },
            cancellation);
        await reproductions.AppendAsync(made, cancellation);
    }

    /// <summary>Notes a run as the catalog has it; a caller that went away does not leave the note behind.</summary>
    private Task NoteAsync(string id) => notes is not null && store.Find(id) is { } run ? notes.NoteAsync(run, CancellationToken.None) : Task.CompletedTask;

    private string Now() => workspace.Time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);

    private async Task AuditAsync(string action, string id, Caller author, AuditDecision decision, Digest? after, string? reason) =>
        await workspace.Audit.AppendAsync(
            new AuditEntry(author.Name, author.AuthMethod, action, "run", id) { After = after, Decision = decision, Reason = reason },
            CancellationToken.None);

    private static TrainingResult Result(string directory) =>
        JsonSerializer.Deserialize<TrainingResult>(File.ReadAllBytes(Path.Combine(directory, TrainingJob.ResultFileName)), TrainingJson.Options)!;
}

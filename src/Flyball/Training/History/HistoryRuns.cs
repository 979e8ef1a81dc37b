using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Storage.Lakes;
using Flyball.Workspaces;

namespace Flyball.Training.History;

/// <summary>
/// Makes histories: brings the lake to the horizon, gives a child process a job folder with its own memory limit, and keeps the last few results
/// until they are fetched. The same question at the same horizon has the same name, and is answered from the first answer while that is kept. One at a time.
/// </summary>
public sealed class HistoryRuns(Workspace workspace, EventLog events, ActiveProject project, TrainingOptions training) : IDisposable
{
    private const int Kept = 4;
    private const string Prefix = "history-";

    /// <summary>Managed memory of a worker; DuckDB's own limit stands beside it.</summary>
    private const long MemoryLimit = 1_200L << 20;

    private readonly SemaphoreSlim one = new(1, 1);

    /// <summary>Where a spine may be put before it is asked about; the caller names and removes it.</summary>
    public string SpoolPath(string name) => Path.Combine(workspace.Directory.Jobs, "spine-" + name);

    /// <param name="request">What is asked for.</param>
    /// <param name="spine">The file of the spine, whose ending says its form; null for the requests of a model.</param>
    /// <param name="progress">Takes a line of JSON for each step.</param>
    /// <param name="cancellation">Ends the worker.</param>
    /// <returns>The answer: an id to fetch the result by, and the manifest that names what it is made of.</returns>
    /// <exception cref="FlyballException">The request or the spine does not fit, or nothing of its past was known.</exception>
    public async Task<JsonObject> RunAsync(HistoryRequest request, string? spine, Action<string>? progress, CancellationToken cancellation)
    {
        var plan = project.Current;
        var horizon = HorizonOf(request);
        var sources = HistoryCompiler.SourcesOf(plan, request);
        await one.WaitAsync(cancellation);
        try
        {
            var tables = EventLake.Extend(workspace.Events, workspace.Lake, sources, horizon);
            var spineDigest = spine is null ? (Digest?)null : DigestOf(spine);
            var question = QuestionOf(plan, request, horizon, tables, spineDigest is { } digest ? new JsonObject { ["sha256"] = digest.Hex, ["form"] = Path.GetExtension(spine)![1..] } : null);
            var id = CanonicalJson.Digest(question).Hex;
            var directory = DirectoryOf(id);
            var answer = Path.Combine(directory, "answer.json");
            if (File.Exists(answer))
            {
                return (JsonObject)JsonNode.Parse(await File.ReadAllBytesAsync(answer, cancellation))!;
            }

            Prepare(directory, plan, spine, new HistoryJob
            {
                Request = request,
                Horizon = horizon.Seq,
                Spine = spine is null ? null : "spine" + Path.GetExtension(spine),
                Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)],
                KeysDirectory = NeedsTokens(plan, request) ? workspace.Directory.Keys : null,
            });
            try
            {
                await WorkAsync(directory, progress, cancellation);
                var found = JsonSerializer.Deserialize<HistoryResult>(await File.ReadAllBytesAsync(Path.Combine(directory, HistoryJob.ResultFileName), cancellation), TrainingJson.Options)!;
                var document = Answer(id, question, request, found);
                await File.WriteAllTextAsync(answer, document.ToJsonString(), cancellation);
                return document;
            }
            catch
            {
                Directory.Delete(directory, recursive: true);
                throw;
            }
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>The file of a result, or null when there is none of this id, or none any more.</summary>
    public string? ResultFile(string id) => !Digest.TryParse(id, out var digest) || !Directory.Exists(DirectoryOf(digest.Hex)) ? null
        : Directory.EnumerateFiles(DirectoryOf(digest.Hex), "result.*").FirstOrDefault(f => !f.EndsWith(".json", StringComparison.Ordinal));

    public void Dispose() => one.Dispose();

    private Horizon HorizonOf(HistoryRequest request)
    {
        var stands = events.Applied;
        return request.Horizon is not { } asked ? stands
            : asked <= stands.Seq ? new Horizon(asked)
            : throw HistoryTerms.Refuse("horizon", string.Create(CultureInfo.InvariantCulture, $"The log ends at {stands.Seq}, before the horizon {asked}."), "Leave the horizon out for where the log stands.");
    }

    private async Task WorkAsync(string directory, Action<string>? progress, CancellationToken cancellation)
    {
        var options = new TrainingOptions { WorkerCommand = training.WorkerCommand, Timeout = training.Timeout, MemoryLimitBytes = MemoryLimit };
        try
        {
            await WorkerProcess.RunAsync(options, directory, workspace.Directory.Lake, workspace.Time, progress ?? (_ => { }), cancellation);
        }
        catch (FlyballException e) when (ReadProblem(directory) is { } problem)
        {
            // What the worker meant, instead of its last words.
            throw new FlyballException(problem, e);
        }
    }

    private static Problem? ReadProblem(string directory)
    {
        var path = Path.Combine(directory, HistoryJob.ProblemFileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<Problem>(File.ReadAllBytes(path), TrainingJson.Options) : null;
    }

    /// <summary>A folder with the spine, the definitions and the job; of finished ones only the last few stay.</summary>
    private void Prepare(string directory, ProjectPlan plan, string? spine, HistoryJob job)
    {
        Directory.CreateDirectory(workspace.Directory.Jobs);
        foreach (var old in new DirectoryInfo(workspace.Directory.Jobs).GetDirectories(Prefix + "*").OrderByDescending(d => d.CreationTimeUtc).Skip(Kept - 1).Select(d => d.FullName).Append(directory))
        {
            if (Directory.Exists(old))
            {
                Directory.Delete(old, recursive: true);
            }
        }

        foreach (var (path, content) in plan.Files)
        {
            var target = Path.Combine(directory, HistoryJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        if (spine is not null)
        {
            File.Move(spine, Path.Combine(directory, job.Spine!));
        }

        job.Write(directory);
    }

    private static bool NeedsTokens(ProjectPlan plan, HistoryRequest request) =>
        HistoryCompiler.ViewsOf(plan, request).Any(v => v.Source.TreatmentOf(v.EntityIndex) == PrivacyTreatment.Tokenise);

    /// <summary>All that decides the bytes of the result, in canonical form: its digest names the result.</summary>
    private static JsonObject QuestionOf(ProjectPlan plan, HistoryRequest request, Horizon horizon, IReadOnlyList<LakeManifest> tables, JsonObject? spine) => new()
    {
        ["format"] = 1,
        ["spine"] = spine ?? new JsonObject { ["model"] = request.Model },
        ["features"] = new JsonArray([.. HistoryCompiler.FeaturesOf(plan, request).Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["digest"] = f.Definition.Hex })]),
        ["label"] = HistoryCompiler.ModelOf(plan, request) is { } model ? LabelOf(model) : null,
        ["horizon"] = horizon.Seq,
        ["mode"] = HistoryTerms.WordOf(request.Mode),
        ["simulated_delay_micros"] = request.SimulatedDelayMicros,
        ["statuses"] = request.Statuses,
        ["allow_empty"] = request.AllowsEmpty,
        ["bucket"] = request.Bucket.ToString(),
        ["output"] = request.Format,
        ["tables"] = new JsonArray([.. tables.Select(t => (JsonNode)new JsonObject { ["table"] = t.Table, ["digest"] = t.Digest.Hex })]),
    };

    private static JsonObject LabelOf(ModelPlan model) => new()
    {
        ["from"] = model.Definition.Label.From,
        ["key"] = model.Definition.Label.Key,
        ["value"] = model.LabelSource.Schema.Fields[model.LabelValueIndex].Name,
        ["window_micros"] = model.Definition.Label.WindowMicros,
        ["absent"] = model.Definition.Label.Absent,
    };

    private static JsonObject Answer(string id, JsonObject question, HistoryRequest request, HistoryResult found)
    {
        var manifest = (JsonObject)question.DeepClone();
        manifest["rows"] = found.Rows;
        manifest["columns"] = new JsonArray([.. found.Columns.Select(c => (JsonNode)c)]);
        manifest["sha256"] = found.Sha256;
        manifest["bytes"] = found.Bytes;
        manifest["spine"]!["rows"] = found.SpineRows;
        manifest["as_of"] = found.AsOfMicros is { } micros ? new EventTime(micros).ToString() : null;
        return new JsonObject
        {
            ["id"] = id,
            ["manifest"] = manifest,
            ["manifest_digest"] = CanonicalJson.Digest(manifest).Hex,
            ["found"] = JsonSerializer.SerializeToNode(found.Found, TrainingJson.Options),
            ["events"] = found.Events,
            ["spilled_bytes"] = found.SpilledBytes,
            ["cpu_seconds"] = Math.Round(found.CpuSeconds, 3),
            ["peak_memory_bytes"] = found.PeakMemoryBytes,
            ["format"] = request.Format,
        };
    }

    private string DirectoryOf(string id) => Path.Combine(workspace.Directory.Jobs, Prefix + id[..24]);

    private static Digest DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return Digest.Of(file);
    }
}

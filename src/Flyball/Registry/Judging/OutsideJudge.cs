using System.Globalization;
using System.Text.Json;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Jobs;
using Flyball.Training.Outside;
using Flyball.Workspaces;

namespace Flyball.Registry.Judging;

/// <summary>
/// Judges a version that came as files like one that was trained here.
/// <list type="number">
/// <item>The one model file is found, and every file of the version compared with the digest it was sealed with.</item>
/// <item>A run takes it in the trainer's place: the model's own features, label, split, baseline, evaluation, tests and packaging.</item>
/// <item>The bundle becomes the version's, its gates are decided, and it stays registered or refused. Judging again gives that version back.</item>
/// </list>
/// One at a time: two that ask for the same do it once.
/// </summary>
public sealed class OutsideJudge(Submissions submissions, ModelRegistry registry, TrainingRuns runs, Workspace workspace, ActiveProject project) : IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);

    /// <param name="progress">Lines of JSON, as <see cref="TrainingRuns.RunAsync"/> tells them.</param>
    /// <exception cref="FlyballException">
    /// FLY4004: no such version. FLY3204: it is archived, or has a bundle of elsewhere. FLY3390: the project has no such model. FLY3391: no model file, or several.
    /// FLY3392: it does not fit the model's features. FLY3393, FLY113x, FLY117x: the file cannot be served.
    /// </exception>
    public async Task<Submission> JudgeAsync(string model, int version, Caller caller, Action<string>? progress, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            var found = registry.Version(model, version) ?? throw new FlyballException(ModelRegistry.Unknown(model, version));
            if (found.HasBundle)
            {
                return Judged(found);
            }

            if (found.State == VersionStates.Archived)
            {
                throw new FlyballException(new Problem("FLY3204", string.Create(CultureInfo.InvariantCulture, $"Version {version} is archived."), Remedy: "Register a new version."));
            }

            var files = registry.Outside.Files(found);
            var described = Described(files);
            if (!project.Current.Models.TryGetValue(model, out var plan))
            {
                throw new FlyballException(Undefined(model, described?.Columns));
            }

            foreach (var file in files)
            {
                await workspace.Blobs.CopyToAsync(file.Sha256, Stream.Null, cancellation);
            }

            var (kind, chosen) = ModelFileChoice.Of(files, described, f => workspace.Blobs.Read(f.Sha256));
            if (kind == OutsideKinds.Onnx && registry.Validation is { } validation)
            {
                await validation.RequireAsync(workspace.Blobs.Read(chosen.Sha256), cancellation);
            }

            var outside = new OutsideModel(kind, chosen.Path, chosen.Sha256.Hex, described?.Columns);
            return await submissions.RunAsync(
                model, submissions.Requested(model, new TrainingRequest { Outside = outside }), caller, progress, run => RegisterAsync(plan, version, run, caller, cancellation), cancellation);
        }
        finally
        {
            one.Release();
        }
    }

    private Task<VersionOutcome> RegisterAsync(ModelPlan plan, int version, TrainingRun run, Caller caller, CancellationToken cancellation)
    {
        var bundle = ModelBundle.Unpack(workspace.Blobs.Read(Required(run.BundleBlob)), Required(run.Bundle));
        var evaluation = FrozenEvaluation.Parse(workspace.Blobs.Read(Required(run.EvaluationBlob)));
        var result = JsonSerializer.Deserialize<TrainingResult>(run.Result!, TrainingJson.Options);
        return registry.JudgeOutsideAsync(plan, version, bundle, evaluation, caller, cancellation, result);
    }

    private static Digest Required(string? hex) => Digest.TryParse(hex, out var digest) ? digest : throw new InvalidDataException("A run that succeeded names no digest.");

    public void Dispose() => one.Dispose();

    /// <summary>The run that judged a version before.</summary>
    private Submission Judged(ModelVersion version) =>
        runs.Find(registry.ReadBundle(version.Digest).Manifest.RunId) is { } run && run.Bundle == version.Digest.Hex
            ? new Submission(run, Cached: true, VersionOutcome.Of(version))
            : throw new FlyballException(new Problem(
                "FLY3204", string.Create(CultureInfo.InvariantCulture, $"Version {version.Version} has a bundle that was made elsewhere: there is nothing to judge."), Remedy: "Its gates stand in its record."));

    private MlModel? Described(IReadOnlyList<SealedFile> files)
    {
        List<SealedFile> found = [.. files.Where(f => f.Path == MlModel.FileName || f.Path.EndsWith("/" + MlModel.FileName, StringComparison.Ordinal))];
        return found.Count > 1 ? throw new FlyballException(ModelFileChoice.Unclear($"The version holds {found.Count} logged models: {string.Join(", ", found.Take(10).Select(f => f.Path))}.", "Register a version of one of them."))
            : found is [{ Size: > MlModel.LargestFile } large] ? throw new FlyballException(ModelFileChoice.Unclear($"{large.Path} is larger than 1 MB.", "Log the model again."))
            : found is [var file] ? MlModel.Parse(file.Path, workspace.Blobs.Read(file.Sha256))
            : null;
    }

    private static Problem Undefined(string model, IReadOnlyList<string>? columns) => new(
        "FLY3390",
        $"The project defines no model {model}: without its features, label and gates a version cannot be judged.",
        new ProblemLocation(Field: "model"),
        $"Write models/{model}.yaml with {(columns is null ? "the features that the file takes, in its order" : $"the features {string.Join(", ", columns.Take(50))}{(columns.Count > 50 ? " and so on" : "")}, in this order")}, then flyball apply and flyball models judge {model}@VERSION.");
}

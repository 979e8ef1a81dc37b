using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry.Attestations;
using Flyball.Registry.Ledger;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Pipeline;
using Flyball.Workspaces;

namespace Flyball.Registry;

/// <summary>
/// Makes versions: trains, or takes a bundle that was made elsewhere, evaluates it beside the champion on the same frozen rows, and registers it.
/// </summary>
public sealed class Submissions(TrainingRuns runs, ModelRegistry registry, Workspace workspace, ActiveProject project, Attestor attestor)
{
    /// <summary>Trains a model and registers what comes out.</summary>
    /// <param name="progress">Lines of JSON, as <see cref="TrainingRuns.RunAsync"/> tells them.</param>
    /// <exception cref="FlyballException">There is no such model, or training failed.</exception>
    public Task<Submission> TrainAsync(TrainingAsked asked, Caller author, Action<string>? progress, CancellationToken cancellation) =>
        RunAsync(
            asked.Model,
            Requested(asked.Model, new TrainingRequest(asked.PermuteLabels, Source: asked.Source)),
            author,
            progress,
            cancellation);

    /// <summary>Registers a packed bundle, judged on the same rows as one trained here.</summary>
    /// <exception cref="FlyballException">There is no such model, or the bundle is damaged, of another model, or not one that may be loaded.</exception>
    public Task<Submission> UploadAsync(string model, ReadOnlyMemory<byte> packed, Caller author, CancellationToken cancellation)
    {
        var bundle = ModelBundle.Unpack(packed.Span);
        if (bundle.Manifest.Model != model)
        {
            throw new FlyballException(new Problem("FLY3205", $"The bundle is of the model {bundle.Manifest.Model}, not {model}."));
        }

        BundleDoor.Require(bundle);
        Digest blob = workspace.Blobs.Put(packed.Span);
        return RunAsync(model, Requested(model, new TrainingRequest(GivenBundle: blob.Hex)), author, null, cancellation);
    }

    /// <summary>Judges a version with a bundle again, on the same rows as one trained now and beside the present champion.</summary>
    /// <exception cref="FlyballException">There is no such model in the project, its features are others now, or the run failed.</exception>
    public async Task<Submission> RejudgeAsync(string model, int version, string? reason, Caller caller, Action<string>? progress, CancellationToken cancellation)
    {
        if (registry.CheckRejudge(model, version) is { Count: > 0 } problems)
        {
            throw new FlyballException(problems[0]);
        }

        var found = registry.Version(model, version)!;
        var present = registry.Present(model);
        var before = registry.Ledger.Tail(model, version, int.MaxValue).Count(e => e.Kind == LedgerKinds.Gates);
        var request = Beside(present, new TrainingRequest(GivenBundle: found.Blob.Hex)
        {
            Judgement = string.Create(CultureInfo.InvariantCulture, $"{present.Champion?.Digest.Hex ?? "none"} {present.Previous?.Digest.Hex ?? "none"} {before + 1}"),
        });
        var (run, cached) = await runs.RunAsync(model, request, caller, progress, cancellation);
        var outcome = await registry.RejudgeAsync(project.Current.Models[model], version, run, reason, caller, cancellation);
        if (outcome.Ok)
        {
            // A key may have been replaced since it was signed.
            await attestor.SignAsync(registry.ReadBundle(found.Digest), null, cancellation);
        }

        return new Submission(run, cached, outcome);
    }

    /// <summary>A request that is judged beside the champion and the version before it.</summary>
    internal TrainingRequest Requested(string model, TrainingRequest request) => Beside(registry.Present(model), request);

    private static TrainingRequest Beside(PresentVersions present, TrainingRequest request) =>
        request with { ChampionBundle = present.Champion?.Blob.Hex, PreviousBundle = present.Previous?.Blob.Hex };

    private Task<Submission> RunAsync(string model, TrainingRequest request, Caller author, Action<string>? progress, CancellationToken cancellation) =>
        RunAsync(model, request, author, progress, run => registry.RegisterAsync(project.Current.Models[model], run, author, cancellation, project.AppliedBy), cancellation);

    /// <param name="register">Makes or judges the version of a run that succeeded.</param>
    internal async Task<Submission> RunAsync(
        string model, TrainingRequest request, Caller author, Action<string>? progress, Func<TrainingRun, Task<VersionOutcome>> register, CancellationToken cancellation)
    {
        var (run, cached) = await runs.RunAsync(model, request, author, progress, cancellation);
        var started = workspace.Time.GetTimestamp();
        var at = workspace.Time.GetUtcNow();
        var outcome = await register(run);
        if (outcome.Ok)
        {
            await attestor.SignAsync(registry.ReadBundle(outcome.Version.Digest), run, cancellation);
            await runs.NoteVersionAsync(run, outcome.Version.Version, cancellation);
        }

        if (!cached)
        {
            var detail = outcome.Ok ? $"version {outcome.Version.Version.ToString(CultureInfo.InvariantCulture)}, {outcome.Version.State}" : outcome.Problems[0].Message;
            var step = new StepRecord(
                StepNames.Register,
                (int)run.Attempts,
                outcome.Ok ? "done" : "failed",
                null,
                at.ToString("o", CultureInfo.InvariantCulture),
                Math.Round(workspace.Time.GetElapsedTime(started).TotalSeconds, 3),
                0,
                0,
                detail,
                new JsonObject { ["bundle"] = run.Bundle },
                outcome.Ok ? new JsonObject { ["version"] = outcome.Version.Version } : null,
                outcome.Ok ? [.. outcome.Version.Gates.Select(g => $"{(g.Ok ? "passed" : "failed")}: {g.Gate}: {g.Detail}")] : []);
            await runs.RecordAsync(run.RunId, step, cancellation);
        }

        return new Submission(run, cached, outcome);
    }
}

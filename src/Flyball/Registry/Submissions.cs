using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Storage.Blobs;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Registry;

/// <summary>
/// Makes versions: trains, or takes a bundle that was made elsewhere, evaluates it beside the champion on the same frozen rows, and registers it.
/// </summary>
public sealed class Submissions(TrainingRuns runs, ModelRegistry registry, BlobStore blobs, ActiveProject project)
{
    /// <summary>Trains a model and registers what comes out.</summary>
    /// <param name="permuteLabels">See <see cref="TrainingRequest"/>.</param>
    /// <param name="progress">One line of JSON a finished step.</param>
    /// <exception cref="FlyballException">There is no such model, or training failed.</exception>
    public Task<Submission> TrainAsync(string model, long? permuteLabels, Caller author, Action<string>? progress, CancellationToken cancellation) =>
        RunAsync(model, new TrainingRequest(permuteLabels, registry.Champion(model)?.Blob.Hex) { PreviousBundle = registry.Previous(model)?.Blob.Hex }, author, progress, cancellation);

    /// <summary>Registers a packed bundle, judged on the same rows as one trained here.</summary>
    /// <exception cref="FlyballException">There is no such model, or the bundle is damaged, of another model, or not one that may be loaded.</exception>
    public Task<Submission> UploadAsync(string model, ReadOnlyMemory<byte> packed, Caller author, CancellationToken cancellation)
    {
        var bundle = ModelBundle.Unpack(packed.Span);
        if (bundle.Manifest.Model != model)
        {
            throw new FlyballException(new Problem("FLY3205", $"The bundle is of the model {bundle.Manifest.Model}, not {model}."));
        }

        Digest blob = blobs.Put(packed.Span);
        return RunAsync(model, new TrainingRequest(ChampionBundle: registry.Champion(model)?.Blob.Hex, GivenBundle: blob.Hex) { PreviousBundle = registry.Previous(model)?.Blob.Hex }, author, null, cancellation);
    }

    private async Task<Submission> RunAsync(string model, TrainingRequest request, Caller author, Action<string>? progress, CancellationToken cancellation)
    {
        var (run, cached) = await runs.RunAsync(model, request, author, progress, cancellation);
        return new Submission(run, cached, await registry.RegisterAsync(project.Current.Models[model], run, author, cancellation));
    }
}

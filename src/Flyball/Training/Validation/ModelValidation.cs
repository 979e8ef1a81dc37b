using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Training.Bundles;
using Flyball.Training.Trainers;
using Flyball.Workspaces;

namespace Flyball.Training.Validation;

/// <summary>
/// The door for model files that this program did not make. Each is examined once in a process apart, and the verdict kept in the catalog under the
/// file's digest and the runtime's version. Thread-safe; one examination at a time.
/// </summary>
public sealed class ModelValidation(Workspace workspace, ExamOptions options) : IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly VerdictStore store = new(workspace.Catalog);

    /// <summary>Model files are examined here; false where no program is configured to do it.</summary>
    public bool IsOn => options.Command.Count > 0;

    /// <summary>Whether the bundle says that another program made its model. A bundle that comes from elsewhere is not to be believed.</summary>
    public static bool IsForeign(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Outside is not null || (manifest.Definition["trainer"] as JsonObject)?["kind"] is JsonValue kind && kind.TryGetValue(out string? name) && name == CommandDefinition.Kind;
    }

    /// <summary>Lets a bundle pass, or not.</summary>
    /// <exception cref="FlyballException">It was refused, now or before: the reason. FLY3906: it could not be examined.</exception>
    public async Task RequireAsync(ModelBundle bundle, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        await RequireAsync(
            bundle.Digest,
            folder =>
            {
                File.WriteAllBytes(Path.Combine(folder, ModelExam.BundleFile), bundle.Pack());
                File.WriteAllText(Path.Combine(folder, ModelExam.DigestFile), bundle.Digest.Hex);
            },
            cancellation);
    }

    /// <summary>Lets an ONNX file pass, or not.</summary>
    /// <exception cref="FlyballException">As above.</exception>
    public Task RequireAsync(ReadOnlyMemory<byte> onnx, CancellationToken cancellation) =>
        RequireAsync(Digest.Of(onnx.Span), folder => File.WriteAllBytes(Path.Combine(folder, ModelExam.OnnxFile), onnx.Span), cancellation);

    /// <summary>What was found about a file or a bundle with the runtime in use; null when it was not examined.</summary>
    public ModelVerdict? Find(Digest digest) => store.Find(digest, OnnxSession.LibraryVersion);

    public void Dispose() => one.Dispose();

    private async Task RequireAsync(Digest digest, Action<string> fill, CancellationToken cancellation)
    {
        if (!IsOn)
        {
            return;
        }

        await one.WaitAsync(cancellation);
        try
        {
            var verdict = Find(digest) ?? await ExamineAsync(digest, fill, cancellation);
            if (verdict.Problem is { } problem)
            {
                throw new FlyballException(problem);
            }
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<ModelVerdict> ExamineAsync(Digest digest, Action<string> fill, CancellationToken cancellation)
    {
        var parent = Path.Combine(workspace.Directory.Jobs, "exams");
        Directory.CreateDirectory(parent);
        using var folder = ProgramFolder.Create(parent);
        fill(folder.Path);
        var verdict = await new ExamProcess(options, workspace.Directory.Root).RunAsync(folder.Path, cancellation);
        if (verdict.Lasts)
        {
            var at = workspace.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
            await store.AppendAsync(digest, OnnxSession.LibraryVersion, verdict, at, cancellation);
        }

        return verdict;
    }
}

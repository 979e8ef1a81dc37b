using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;

namespace Flyball.Training;

/// <summary>
/// A bundle's model, loaded: from a feature vector to a calibrated score. The same code scores live requests, frozen rows and replays.
/// Thread-safe: each thread has its own bound tensors, and scoring one row allocates nothing after a thread's first.
/// </summary>
public sealed class BundleScorer : IDisposable
{
    private const int BatchRows = 256;

    private readonly OnnxSession session;
    private readonly ThreadLocal<OnnxBinding> bindings;
    private readonly int width;

    private BundleScorer(OnnxSession session, ModelManifest manifest)
    {
        this.session = session;
        Manifest = manifest;
        width = manifest.Features.Count;
        bindings = new ThreadLocal<OnnxBinding>(() => session.Bind(BatchRows), trackAllValues: true);
    }

    public ModelManifest Manifest { get; }

    /// <summary>Inspects and loads the model of a verified bundle, and scores its golden rows. Cost: at most 200 rows beside the load.</summary>
    /// <exception cref="FlyballException">The bundle's model is not one that may be loaded, or does not give the scores of its golden rows.</exception>
    public static BundleScorer Load(ModelBundle bundle)
    {
        var manifest = bundle.Manifest;
        var model = bundle[ModelBundle.OnnxName];
        var inspection = OnnxInspector.Inspect(model.Span);
        if (!inspection.IsAccepted)
        {
            throw new FlyballException(inspection.Problems[0]);
        }

        var loaded = OnnxSession.Load(model.Span);
        if (loaded.Inputs is not [{ Dimensions: [_, var wide] }] || wide != manifest.Features.Count)
        {
            var found = string.Join("; ", loaded.Inputs);
            loaded.Dispose();
            throw new FlyballException(new Problem("FLY1182", $"The model takes {found}, and the manifest names {manifest.Features.Count} features."));
        }

        var scorer = new BundleScorer(loaded, manifest);
        if (GoldenReplay.Defect(bundle, scorer) is { } defect)
        {
            scorer.Dispose();
            throw new FlyballException(defect);
        }

        return scorer;
    }

    /// <summary>The model's input for a feature vector: null becomes NaN, which trees read as missing.</summary>
    public static void ToInput(ReadOnlySpan<Value> vector, Span<float> input)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            ref readonly var value = ref vector[i];
            input[i] = value.IsNull ? float.NaN
                : value.Kind == ScalarType.Boolean ? (value.AsBoolean ? 1f : 0f)
                : value.TryGetNumber(out var number) ? (float)number
                : float.NaN;
        }
    }

    /// <summary>Scores one vector. A score that is not finite is no score: <see cref="Score.IsFinite"/> is false and nothing may be decided from it.</summary>
    public Score ScoreOne(ReadOnlySpan<Value> vector)
    {
        var binding = bindings.Value!;
        ToInput(vector, binding.Input[..width]);
        binding.Run(1);
        return Finish(binding.Output[0]);
    }

    /// <summary>Scores rows of inputs, in blocks.</summary>
    /// <param name="inputs">Row-major, rows times features.</param>
    public void ScoreMany(ReadOnlySpan<float> inputs, Span<Score> scores)
    {
        var binding = bindings.Value!;
        for (var start = 0; start < scores.Length; start += BatchRows)
        {
            var rows = Math.Min(BatchRows, scores.Length - start);
            inputs.Slice(start * width, rows * width).CopyTo(binding.Input);
            binding.Run(rows);
            for (var r = 0; r < rows; r++)
            {
                scores[start + r] = Finish(binding.Output[r]);
            }
        }
    }

    public void Dispose()
    {
        foreach (var binding in bindings.Values)
        {
            binding.Dispose();
        }

        bindings.Dispose();
        session.Dispose();
    }

    private Score Finish(float raw) =>
        new(raw, !float.IsFinite(raw) ? double.NaN : Manifest.Calibration is { } calibration ? calibration.Apply(raw) : raw);
}

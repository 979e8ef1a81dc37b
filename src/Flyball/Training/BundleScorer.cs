using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Training.Bundles;
using Flyball.Training.Encodings;
using Flyball.Training.Forests;
using Flyball.Training.Onnx;

namespace Flyball.Training;

/// <summary>
/// A bundle's model, loaded: from a feature vector to a calibrated score. The same code scores live requests, frozen rows and replays.
/// <list type="number">
/// <item>Trees as this program's trainers write them are summed by a <see cref="Forest"/>, when it gives the bits of ONNX Runtime on rows made to tell them apart.</item>
/// <item>Every other model is run by ONNX Runtime.</item>
/// </list>
/// Thread-safe: whoever scores takes buffers that nobody has, and scoring one row allocates nothing once as many were made as there are rows at once, but the
/// probabilities where there are several classes. What is being scored when this is disposed ends on buffers of its own.
/// </summary>
public sealed class BundleScorer : IBatchScorer
{
    private const int BatchRows = 256;

    /// <summary>What a thread takes at a time: whole batches.</summary>
    private const int PartRows = 16 * BatchRows;

    [ThreadStatic]
    private static float[]? inputsOfThread;

    /// <summary>Null where trees are summed here: then the runtime's copy of the model has said what it had to say.</summary>
    private readonly OnnxSession? session;
    private readonly OnnxBindings? bindings;
    private readonly Forest? forest;
    private readonly ScoreCalibration calibration;
    private readonly int width;
    private readonly int outputs;

    private BundleScorer(OnnxSession? session, Forest? forest, ModelManifest manifest)
    {
        this.session = session;
        this.forest = forest;
        Manifest = manifest;
        calibration = manifest.Calibrated;
        Encoder = EncoderOf(manifest);
        width = Encoder.Width;
        outputs = manifest.Classes?.Count ?? 1;
        bindings = session is null ? null : new OnnxBindings(session, BatchRows);
    }

    public string Kind => "onnx";

    public ModelManifest Manifest { get; }

    /// <summary>Buffers that were made for the runtime so far.</summary>
    internal int Buffers => bindings?.Made ?? 0;

    /// <summary>From feature vectors to the model's inputs.</summary>
    public FeatureEncoder Encoder { get; }

    /// <summary>How a version turns feature vectors into inputs.</summary>
    public static FeatureEncoder EncoderOf(ModelManifest manifest) => new([.. manifest.Features.Select(f => f.Name)], manifest.Encodings ?? []);

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

        var loaded = Open(model.Span);
        var inputs = EncoderOf(manifest).Width;
        if (loaded.Inputs is not [{ Dimensions: [_, var wide] }] || wide != inputs)
        {
            var found = string.Join("; ", loaded.Inputs);
            loaded.Dispose();
            throw new FlyballException(new Problem("FLY1182", $"The model takes {found}, and the manifest names {manifest.Features.Count} features that come to {inputs} inputs."));
        }

        if (manifest.Classes is { } classes && !(loaded.Outputs is [{ Dimensions: [_, var many] }] && many == classes.Count))
        {
            loaded.Dispose();
            throw new FlyballException(new Problem("FLY1182", $"The model does not give one score for each of the {classes.Count} classes."));
        }

        var trees = ForestOf(model.Span, inputs, loaded);
        if (trees is not null)
        {
            loaded.Dispose();
        }

        var scorer = new BundleScorer(trees is null ? loaded : null, trees, manifest);
        if (scorer.Defect(bundle) is { } defect)
        {
            scorer.Dispose();
            throw new FlyballException(defect);
        }

        return scorer;
    }

    private static OnnxSession Open(ReadOnlySpan<byte> model)
    {
        try
        {
            return OnnxSession.Load(model);
        }
        catch (OnnxRuntimeException e)
        {
            throw new FlyballException(Unrunnable(e));
        }
    }

    /// <summary>Null where the runtime is to score.</summary>
    private static Forest? ForestOf(ReadOnlySpan<byte> model, int inputs, OnnxSession loaded)
    {
        try
        {
            return ForestReader.Read(model, inputs) is { } forest && ForestCheck.Agrees(forest, loaded) ? forest : null;
        }
        catch (OnnxRuntimeException)
        {
            // A model that the runtime fails at is no forest that agrees with it; what is wrong shows at its rows.
            return null;
        }
    }

    private static Problem Unrunnable(OnnxRuntimeException e) => new("FLY3907", $"The model does not run: {e.Message}", new ProblemLocation(ModelBundle.OnnxName), "Export the model again, or train it here.");

    private Problem? Defect(ModelBundle bundle)
    {
        try
        {
            return GoldenReplay.Defect(bundle, this);
        }
        catch (OnnxRuntimeException e)
        {
            return Unrunnable(e);
        }
    }

    /// <summary>Scores one vector. A score that is not finite is no score: <see cref="Score.IsFinite"/> is false and nothing may be decided from it.</summary>
    public Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null)
    {
        if (forest is not null)
        {
            var input = Inputs(width);
            Encoder.Encode(vector, input);
            return Finish([forest.Score(input)]);
        }

        var binding = bindings!.Take();
        try
        {
            Encoder.Encode(vector, binding.Input[..width]);
            binding.Run(1);
            return Finish(binding.Output[..outputs]);
        }
        finally
        {
            bindings.GiveBack(binding);
        }
    }

    /// <summary>Scores vectors in their order, in one call of the runtime. A model that is loaded here is not interrupted.</summary>
    public void ScoreBatch(IReadOnlyList<Value[]> vectors, Span<Score> scores, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var inputs = new float[vectors.Count * width];
        for (var r = 0; r < vectors.Count; r++)
        {
            Encoder.Encode(vectors[r], inputs.AsSpan(r * width, width));
        }

        ScoreMany(inputs, scores[..vectors.Count]);
    }

    /// <summary>Scores rows of inputs, in blocks.</summary>
    /// <param name="inputs">Row-major, rows times inputs of the model.</param>
    public void ScoreMany(ReadOnlySpan<float> inputs, Span<Score> scores)
    {
        if (forest is not null)
        {
            Span<float> raw = stackalloc float[BatchRows];
            for (var start = 0; start < scores.Length; start += BatchRows)
            {
                var rows = Math.Min(BatchRows, scores.Length - start);
                forest.Score(inputs.Slice(start * width, rows * width), raw[..rows]);
                for (var r = 0; r < rows; r++)
                {
                    scores[start + r] = Finish(raw[r]);
                }
            }

            return;
        }

        var binding = bindings!.Take();
        try
        {
            for (var start = 0; start < scores.Length; start += BatchRows)
            {
                var rows = Math.Min(BatchRows, scores.Length - start);
                inputs.Slice(start * width, rows * width).CopyTo(binding.Input);
                binding.Run(rows);
                for (var r = 0; r < rows; r++)
                {
                    scores[start + r] = Finish(binding.Output.Slice(r * outputs, outputs));
                }
            }
        }
        finally
        {
            bindings.GiveBack(binding);
        }
    }

    /// <summary>Scores rows of inputs on all processors; the scores are the same with any number of them.</summary>
    /// <param name="inputs">Row-major, rows times inputs of the model.</param>
    /// <param name="scores">One a row, to be filled.</param>
    internal void ScoreAll(float[] inputs, Score[] scores) => SideBySide.Run(
        scores.Length, PartRows, (from, to) => ScoreMany(inputs.AsSpan(from * width, (to - from) * width), scores.AsSpan(from, to - from)));

    /// <summary>What becomes of the model's own output for a row: sampling corrected, calibrated. Of one output.</summary>
    internal Score Finish(float raw) => Finish([raw]);

    public void Dispose()
    {
        session?.Dispose();
        bindings?.Dispose();
    }

    private static Span<float> Inputs(int width) =>
        (inputsOfThread is { } kept && kept.Length >= width ? kept : inputsOfThread = new float[Math.Max(64, width)]).AsSpan(0, width);

    private Score Finish(ReadOnlySpan<float> output)
    {
        if (outputs > 1)
        {
            var classes = new Score { Probabilities = output.ToArray() };
            if (!classes.Probabilities.All(float.IsFinite))
            {
                return classes with { Raw = float.NaN, Calibrated = double.NaN };
            }

            var likely = classes.Class;
            var own = classes.Probabilities[likely];
            calibration.Apply(classes.Probabilities);
            return classes with { Raw = own, Calibrated = classes.Probabilities[likely] };
        }

        var raw = output[0];
        if (!float.IsFinite(raw))
        {
            return new Score(raw, double.NaN);
        }

        // Odds that sampling multiplied are divided again (Elkan 2001, theorem 2).
        var corrected = Manifest.OddsFactor is { } factor ? raw / (raw + ((1 - (double)raw) * factor)) : raw;
        return new Score(raw, calibration.Apply(corrected));
    }
}

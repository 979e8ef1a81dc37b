using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.Loading;
using Flyball.Native.OnnxRuntime;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;

namespace Flyball.Training.Validation;

/// <summary>
/// The examination itself, in a process that may die of it.
/// <list type="number">
/// <item>The file is read and judged without loading it.</item>
/// <item>It is loaded, and run with rows of zeros in every size of a batch.</item>
/// <item>A whole bundle is held to its golden rows too, and its rows must score alone as among others.</item>
/// </list>
/// </summary>
public static class ModelExam
{
    internal const string OnnxFile = "model.onnx";
    internal const string BundleFile = "bundle.zip";
    internal const string DigestFile = "digest";

    /// <summary>A row of so many values is no row of a table.</summary>
    private const long WidestRow = 1_000_000;

    /// <summary>Examines what lies in a folder: a packed bundle with its digest, or one model file.</summary>
    /// <returns>One line of JSON: the verdict.</returns>
    public static string Run(string folder)
    {
        ModelVerdict verdict;
        try
        {
            verdict = File.Exists(Path.Combine(folder, BundleFile)) ? OfBundle(folder) : OfOnnx(File.ReadAllBytes(Path.Combine(folder, OnnxFile)));
        }
        catch (FlyballException e)
        {
            verdict = new ModelVerdict { Problem = e.Problem };
        }
        catch (OnnxRuntimeException e)
        {
            verdict = new ModelVerdict { Problem = Unrunnable(e) };
        }
        catch (NativeLibraryException e)
        {
            // The file was not even tried.
            verdict = new ModelVerdict { Problem = new Problem("FLY3906", $"Models cannot be examined here: {e.Message}", null, "Install the native libraries; flyball doctor looks for them."), Lasts = false };
        }

        return JsonSerializer.Serialize(verdict, TrainingJson.Options);
    }

    private static ModelVerdict OfBundle(string folder)
    {
        var bundle = ModelBundle.Unpack(File.ReadAllBytes(Path.Combine(folder, BundleFile)), DigestIn(folder));
        using var scorer = BundleScorer.Load(bundle);
        return new ModelVerdict
        {
            Problem = BatchAgreement.Defect(bundle, scorer),
            Runtime = OnnxSession.LibraryVersion,
            Buckets = BatchAgreement.Buckets,
            GoldenRows = scorer.Manifest.GoldenRows ?? 0,
        };
    }

    private static Digest DigestIn(string folder) =>
        Digest.TryParse(File.ReadAllText(Path.Combine(folder, DigestFile)), out var digest) ? digest : throw new InvalidDataException("The folder names no digest.");

    private static ModelVerdict OfOnnx(byte[] file)
    {
        if (OnnxInspector.Inspect(file) is { IsAccepted: false } inspection)
        {
            return new ModelVerdict { Problem = inspection.Problems[0] };
        }

        using var session = OnnxSession.Load(file);
        if (session.Inputs.FirstOrDefault(i => i.FixedRows is not null) is { } fixedInput)
        {
            return new ModelVerdict
            {
                Problem = new Problem(
                    "FLY3904",
                    string.Create(CultureInfo.InvariantCulture, $"The model takes exactly {fixedInput.FixedRows} rows at a time, and a request has one: its input is {fixedInput}."),
                    null,
                    "Export it with an open batch dimension, [N, features]."),
            };
        }

        // Of an input whose width is open nothing tells how wide a row is: it is run when it is judged.
        var known = session.Inputs.All(i => i.Kind == OnnxValueKind.Tensor && i.Dimensions.Count > 0 && i.Dimensions.Skip(1).All(d => d is >= 0 and <= WidestRow));
        IReadOnlyList<int> buckets = known ? BatchAgreement.Buckets : [];
        foreach (var rows in buckets)
        {
            _ = session.Run(session.Inputs.ToDictionary(i => i.Name, i => RuntimeTensor.Zeros(i.ElementType, [rows, .. i.Dimensions.Skip(1)]), StringComparer.Ordinal));
        }

        return new ModelVerdict { Runtime = OnnxSession.LibraryVersion, Buckets = buckets };
    }

    private static Problem Unrunnable(OnnxRuntimeException e) => new("FLY3907", $"The model does not run: {e.Message}", new ProblemLocation(ModelBundle.OnnxName), "Export the model again, or train it here.");
}

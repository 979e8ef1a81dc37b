using System.Text;
using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Training.Outside;

namespace Flyball.Registry.Judging;

/// <summary>
/// Finds the one model file among a version's files.
/// <list type="number">
/// <item>The flavors onnx, xgboost and lightgbm of its <c>MLmodel</c> name it.</item>
/// <item>Without them it is the one file whose ending, and for JSON and text whose beginning, is that of such a model.</item>
/// <item>None, or several, is a refusal that names what is there. A pickle is never opened.</item>
/// </list>
/// </summary>
internal static class ModelFileChoice
{
    private const int MostShown = 10;
    private const long LargestPeek = 128L << 20;
    private const long LargestModel = 512L << 20;
    private const string Remedy =
        "Log the model as ONNX (mlflow.onnx.log_model) or the booster itself (mlflow.xgboost.log_model with model_format json or ubj, mlflow.lightgbm.log_model) and register that version.";

    private static readonly string[] Pickles = [".pkl", ".pickle", ".joblib", ".cloudpickle", ".pt", ".pth"];

    /// <param name="files">The sealed list.</param>
    /// <param name="described">What the <c>MLmodel</c> says; null without one.</param>
    /// <param name="read">The verified content of a file.</param>
    /// <exception cref="FlyballException">FLY3391: there is none, or there are several.</exception>
    public static (string Kind, SealedFile File) Of(IReadOnlyList<SealedFile> files, MlModel? described, Func<SealedFile, byte[]> read)
    {
        var (kind, file) = Choose(files, described, read);
        return file.Size <= LargestModel ? (kind, file) : throw new FlyballException(Unclear($"{file.Path} is larger than {LargestModel >> 20} MB.", "Judge a smaller model."));
    }

    private static (string Kind, SealedFile File) Choose(IReadOnlyList<SealedFile> files, MlModel? described, Func<SealedFile, byte[]> read)
    {
        List<(string Kind, string Path)> named = [.. (described?.Data ?? new Dictionary<string, string>()).Where(d => OutsideKinds.All.Contains(d.Key, StringComparer.Ordinal)).Select(d => (d.Key, described!.Folder + d.Value))];
        if (named.Count == 1)
        {
            return files.FirstOrDefault(f => f.Path == named[0].Path) is not { } file
                ? throw new FlyballException(Unclear($"The MLmodel names {named[0].Path}, which is not among the files of the version.", Remedy))
                : IsPickle(file) ? throw new FlyballException(Unclear($"{file.Path} is a pickle, which is never opened.", Remedy))
                : (named[0].Kind, file);
        }

        List<(string Kind, SealedFile File)> found = named.Count > 1
            ? [.. named.SelectMany(n => files.Where(f => f.Path == n.Path).Select(f => (n.Kind, f)))]
            : [.. files.Select(f => (Kind: KindOf(f, read), File: f)).Where(f => f.Kind is not null).Select(f => (f.Kind!, f.File))];
        return found is [var one] ? one
            : found.Count > 1 ? throw new FlyballException(Unclear($"The version holds several models: {Shown(found.Select(f => f.File))}.", "Register a version of one of them."))
            : throw new FlyballException(Unclear(
                files.Count == 0 ? "The version has no files." : $"None of its files is an ONNX, XGBoost or LightGBM model: {Shown(files)}.{(files.Any(IsPickle) ? " A pickle is never opened." : "")}", Remedy));
    }

    public static Problem Unclear(string message, string remedy) => new("FLY3391", message, new ProblemLocation(Field: "version"), remedy);

    private static bool IsPickle(SealedFile file) => Array.Exists(Pickles, ending => file.Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string? KindOf(SealedFile file, Func<SealedFile, byte[]> read) => Path.GetExtension(file.Path).ToUpperInvariant() switch
    {
        ".ONNX" => OutsideKinds.Onnx,
        ".UBJ" => OutsideKinds.XGBoost,
        ".JSON" when file.Size <= LargestPeek && IsBooster(read(file)) => OutsideKinds.XGBoost,
        ".TXT" or ".LGB" when file.Size <= LargestPeek && IsLightGbm(read(file)) => OutsideKinds.LightGbm,
        _ => null,
    };

    /// <summary>Of an example of a request, or a list of parameters, nobody wants a model.</summary>
    private static bool IsBooster(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("learner", out var learner)
                && learner.ValueKind == JsonValueKind.Object && learner.TryGetProperty("gradient_booster", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsLightGbm(byte[] text) => text.AsSpan().StartsWith("tree\n"u8) || text.AsSpan().StartsWith("tree\r\n"u8);

    private static string Shown(IEnumerable<SealedFile> files)
    {
        List<string> names = [.. files.Select(f => f.Path)];
        var text = new StringBuilder(string.Join(", ", names.Take(MostShown).Select(n => n.Length > 100 ? n[..100] + "..." : n)));
        return names.Count > MostShown ? text.Append(" and more").ToString() : text.ToString();
    }
}

using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Native.XGBoost;
using Flyball.Training.Bundles;
using Flyball.Training.LightGbm;
using Flyball.Training.Onnx;
using Flyball.Training.Tasks;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Trainers;

/// <summary>A model that something else made: inspected, packaged, and scored on the test rows. What it says of itself proves nothing.</summary>
/// <param name="input">What it is to fit.</param>
/// <param name="origin">Who made it, for people.</param>
/// <param name="unusable">Makes the problem of a reason and a remedy.</param>
internal sealed class GivenModel(TrainerInput input, string origin, Func<string, string, FlyballException> unusable)
{
    /// <exception cref="FlyballException">It may not be loaded, does not run, or does not fit the vector.</exception>
    public TrainerOutput OfOnnx(byte[] onnx)
    {
        if (OnnxInspector.Inspect(onnx) is { IsAccepted: false } inspection)
        {
            throw new FlyballException(inspection.Problems[0]);
        }

        try
        {
            using (var session = OnnxSession.Load(onnx))
            using (var binding = session.Bind(1))
            {
                if (binding.Features != input.Names.Count || binding.Outputs != input.Outputs)
                {
                    throw unusable(
                        $"Its model takes {binding.Features} inputs and gives {binding.Outputs} scores; {input.Names.Count} and {input.Outputs} are needed.",
                        $"Take the features in their order: {string.Join(", ", input.Names)}.");
                }
            }

            var scored = ScoredRows.Of(onnx, input.Labels, input.Test);
            var wrong = scored.Scores.Count(s => !double.IsFinite(s)) + (scored.Probabilities?.Count(p => !p.All(float.IsFinite)) ?? 0);
            var outside = input.Task.IsProbability ? scored.Scores.Count(s => s is < 0 or > 1) : 0;
            if (wrong + outside > 0)
            {
                throw unusable($"Its model gives {wrong} scores that are not finite and {outside} that are no probability, of {input.Test.Rows} test rows.", "Missing values come as NaN: let the model take them.");
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw unusable($"Its model does not run: {e.Message}", "One float32 input [N, features] and one float32 output [N, 1] or [N, classes] are served.");
        }

        return new TrainerOutput(onnx, new Dictionary<string, byte[]>(StringComparer.Ordinal), NoImportance(), 0, $"an ONNX model {origin}");
    }

    /// <param name="json">As XGBoost saves a model in JSON.</param>
    /// <param name="judge">Told the names of the features that the model holds, to refuse others; null demands those of the vector.</param>
    /// <exception cref="FlyballException">It is no such model, of another task or width, or its package scores otherwise.</exception>
    public TrainerOutput OfXGBoost(byte[] json, Action<IReadOnlyList<string>>? judge = null)
    {
        var trees = XGBoostTreeModel.Parse(json);
        var onnx = Package(trees, judge);
        using var booster = Load(json);
        return Output(onnx, PackagingCheck.Compare(booster, onnx, input.Test.Features, input.Names.Count), (ModelBundle.XGBoostName, json), trees.Trees.Count);
    }

    private XGBoostBooster Load(byte[] json)
    {
        try
        {
            return XGBoostBooster.Load(json);
        }
        catch (XGBoostException e)
        {
            throw unusable($"XGBoost does not read it: {e.Message}", "Save it with XGBoost 1.3 or later as JSON.");
        }
    }

    /// <param name="text">As LightGBM saves a model.</param>
    /// <param name="judge">As above.</param>
    /// <exception cref="FlyballException">It is no such model, of another task or width, or holds what is not converted.</exception>
    public TrainerOutput OfLightGbm(byte[] text, Action<IReadOnlyList<string>>? judge = null)
    {
        var model = LightGbmText.Parse(text);
        var onnx = Package(model.ToTrees(), judge);
        var expected = new float[input.Test.Rows];
        for (var r = 0; r < expected.Length; r++)
        {
            expected[r] = (float)model.Score(input.Test.Features.AsSpan(r * input.Names.Count, input.Names.Count));
        }

        return Output(onnx, PackagingCheck.Compare(expected, onnx, input.Test.Features, input.Names.Count), (LightGbmText.MemberName, text), model.Trees.Count);
    }

    private byte[] Package(XGBoostTreeModel trees, Action<IReadOnlyList<string>>? judge)
    {
        var objectives = input.Task.Objectives;
        if (!objectives.Contains(XGBoostObjectives.NameOf(trees.Objective), StringComparer.Ordinal) || trees.Outputs != input.Outputs)
        {
            throw unusable($"Its model has the objective {XGBoostObjectives.NameOf(trees.Objective)} and {trees.Outputs} scores.", $"Train one of {string.Join(", ", objectives)}.");
        }

        if (trees.FeatureCount != input.Names.Count)
        {
            throw unusable($"Its model takes {trees.FeatureCount} inputs; {input.Names.Count} are needed.", $"Take the features in their order: {string.Join(", ", input.Names)}.");
        }

        judge?.Invoke(trees.FeatureNames);
        return XGBoostToOnnx.Convert(trees, judge is not null && trees.FeatureNames.Count > 0 ? trees.FeatureNames : input.Names);
    }

    private TrainerOutput Output(byte[] onnx, PackagingVerdict check, (string Name, byte[] Bytes) member, int trees) => check.Problem is { } problem
        ? throw new FlyballException(problem)
        : new TrainerOutput(
            onnx,
            new Dictionary<string, byte[]>(StringComparer.Ordinal) { [member.Name] = member.Bytes },
            NoImportance(),
            check.MaxDifference,
            string.Create(CultureInfo.InvariantCulture, $"{trees} trees {origin}; packaged scores within {check.MaxDifference:G2} of the model's"));

    private Dictionary<string, double> NoImportance() => input.Names.ToDictionary(n => n, _ => 0.0, StringComparer.Ordinal);
}

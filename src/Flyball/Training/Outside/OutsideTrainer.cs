using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Native.XGBoost;
using Flyball.Training.Onnx;
using Flyball.Training.Trainers;

namespace Flyball.Training.Outside;

/// <summary>
/// Takes a finished model in the trainer's place.
/// <list type="number">
/// <item>The file's columns are the model's inputs, in their order, or it is refused with those that differ.</item>
/// <item>ONNX is inspected before anything loads it and, where it answers a label beside probabilities, cut to the scores. XGBoost's bytes are
/// read again as JSON by the program's own reader and packaged as ONNX; so is LightGBM's text.</item>
/// <item>The package scores the test rows as the file does; everything after that is as for a model that was trained here.</item>
/// </list>
/// It runs in the training child process.
/// </summary>
internal sealed class OutsideTrainer(OutsideModel outside, byte[] file) : ITrainer
{
    public string Name => "outside";

    public IReadOnlyList<TrainerParameter> Parameters => [];

    public bool TakesObjective => false;

    public TrainerOutput Train(TrainerInput input)
    {
        if (Digest.Of(file).Hex != outside.Sha256)
        {
            throw OutsideProblems.Unusable($"{outside.Path} is not the file that was sealed.", "Register the version again.");
        }

        InputColumns.Require(outside.Columns, input.Names, "The version's signature");
        var given = new GivenModel(input, "made outside", OutsideProblems.Unusable);
        var output = outside.Kind switch
        {
            OutsideKinds.Onnx => given.OfOnnx(Scores(input)),
            OutsideKinds.XGBoost => OfXGBoost(given, input),
            OutsideKinds.LightGbm => given.OfLightGbm(file, names => InputColumns.Require(names, input.Names, "The model file")),
            _ => throw OutsideProblems.Unusable($"Files of the kind {outside.Kind} are not known.", $"Use one of {string.Join(", ", OutsideKinds.All)}."),
        };
        return output with { Detail = $"{output.Detail}, {outside.Path}" };
    }

    /// <summary>The model, with one output of scores.</summary>
    private byte[] Scores(TrainerInput input)
    {
        if (OnnxInspector.Inspect(file) is { IsAccepted: false } inspection)
        {
            throw new FlyballException(inspection.Problems[0]);
        }

        var scores = OnnxScores.Cut(file, input.Outputs, input.Labels.Classes, out var reason)
            ?? throw OutsideProblems.Unusable(reason!, "Export it with one float32 input [N, features] and one float32 output of scores; for scikit-learn with zipmap off.");
        RequireOneInput(scores);
        return scores;
    }

    private static void RequireOneInput(byte[] onnx)
    {
        try
        {
            using var session = OnnxSession.Load(onnx);
            if (session.Inputs is not [{ ElementType: OnnxElementType.Float }])
            {
                throw OutsideProblems.Unusable(
                    $"Its inputs are {string.Join("; ", session.Inputs.Take(5))}{(session.Inputs.Count > 5 ? "; and more" : "")}.", "Export it with one float32 input [N, features], in the order of the features.");
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw OutsideProblems.Unusable($"It does not load: {e.Message}", "Export the model again.");
        }
    }

    private TrainerOutput OfXGBoost(GivenModel given, TrainerInput input)
    {
        try
        {
            return given.OfXGBoost(XGBoostFile.Json(file), names => InputColumns.Require(names, input.Names, "The model file"));
        }
        catch (XGBoostException e)
        {
            throw OutsideProblems.Unusable($"XGBoost does not read it: {e.Message.Split('\n')[0]}", "Save the booster as model.json or model.ubj.");
        }
    }
}

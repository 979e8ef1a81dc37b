using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Native.Posix;
using Flyball.Native.XGBoost;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;
using Flyball.Training.Tasks;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Trainers;

/// <summary>
/// Any program as a trainer.
/// <list type="number">
/// <item>A folder gets the project files the program names, the parts as Parquet (the test part without labels) and <c>parameters.json</c>.</item>
/// <item>The program runs in it under its limits; what it leaves is <c>model.onnx</c>, or <c>model.json</c> of XGBoost, and <c>metrics.json</c> if it likes.</item>
/// <item>The model is inspected, packaged and scored on the test rows here: what it says of itself proves nothing.</item>
/// </list>
/// </summary>
internal sealed class CommandTrainer : ITrainer
{
    private const long LargestModel = 512L << 20;

    public string Name => CommandDefinition.Kind;

    public bool TakesObjective => false;

    public IReadOnlyList<TrainerParameter> Parameters => [];

    public TrainerOutput Train(TrainerInput input)
    {
        var command = input.Definition.Command!;
        var place = input.Place ?? throw new InvalidOperationException("A program needs a folder to work in.");
        using var folder = ProgramFolder.Create(place.WorkDirectory);
        Prepare(input, command, folder.Path);
        var outcome = new TrainingProgram(command, input.Definition.Seed, place).Run(folder.Path);
        try
        {
            return Collect(input, folder.Path) with { Log = outcome.Log, Confinement = place.Confinement, Reported = ProgramReport.Read(folder.Path) };
        }
        catch (FlyballException e)
        {
            // Why the answer is as it is, only the program can say.
            throw new FlyballException(e.Problem with { Message = $"{e.Problem.Message} {outcome.LastWords}" }, e);
        }
    }

    private static void Prepare(TrainerInput input, CommandDefinition command, string folder)
    {
        foreach (var file in CommandFiles.Named(command, input.Place!.ProjectDirectory))
        {
            var target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(input.Place.ProjectDirectory, file), target);
        }

        PartFiles.Write(folder, input);
        var parameters = new JsonObject
        {
            ["task"] = input.Task.Name,
            ["features"] = new JsonArray([.. input.Names.Select(n => JsonValue.Create(n))]),
            ["classes"] = new JsonArray([.. input.Labels.Classes.Select(n => JsonValue.Create(n))]),
            ["outputs"] = input.Outputs,
            ["seed"] = input.Definition.Seed,
            ["parameters"] = new JsonObject([.. input.Definition.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))]),
        };
        File.WriteAllText(Path.Combine(folder, "parameters.json"), parameters.ToJsonString());
    }

    private static TrainerOutput Collect(TrainerInput input, string folder)
    {
        string[] found = [.. ((string[])["model.onnx", "model.json", "model.txt"]).Where(n => PlainFile.IsThere(Path.Combine(folder, n)))];
        if (found is not [var name])
        {
            throw Unusable(found.Length == 0 ? "It left no model.onnx and no model.json." : $"It left {string.Join(" and ", found)}.", "Write one model into the folder the program is started in.");
        }

        if (name == "model.txt")
        {
            throw Unusable("It left LightGBM's text, which is not converted.", "Write model.onnx.");
        }

        var model = PlainFile.Read(Path.Combine(folder, name), LargestModel, out var refusal)
            ?? throw Unusable($"{name} is no plain file of {LargestModel >> 20} MB or less: it {refusal ?? "went away"}.", "Write the model itself, not a link.");
        return name == "model.onnx" ? OfOnnx(input, model) : OfXGBoost(input, model);
    }

    private static TrainerOutput OfOnnx(TrainerInput input, byte[] onnx)
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
                    throw Unusable($"Its model takes {binding.Features} inputs and gives {binding.Outputs} scores; {input.Names.Count} and {input.Outputs} are needed.", "Take the names under features in parameters.json, in their order.");
                }
            }

            var scored = ScoredRows.Of(onnx, input.Labels, input.Test);
            var wrong = scored.Scores.Count(s => !double.IsFinite(s)) + (scored.Probabilities?.Count(p => !p.All(float.IsFinite)) ?? 0);
            var outside = input.Task.IsProbability ? scored.Scores.Count(s => s is < 0 or > 1) : 0;
            if (wrong + outside > 0)
            {
                throw Unusable($"Its model gives {wrong} scores that are not finite and {outside} that are no probability, of {input.Test.Rows} test rows.", "Missing values come as NaN: let the model take them.");
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw Unusable($"Its model does not run: {e.Message}", "One float32 input [N, features] and one float32 output [N, 1] or [N, classes] are served.");
        }

        return new TrainerOutput(onnx, new Dictionary<string, byte[]>(StringComparer.Ordinal), NoImportance(input), 0, "an ONNX model made by the program");
    }

    private static TrainerOutput OfXGBoost(TrainerInput input, byte[] json)
    {
        var trees = XGBoostTreeModel.Parse(json);
        var objectives = input.Task.Objectives;
        if (!objectives.Contains(XGBoostObjectives.NameOf(trees.Objective), StringComparer.Ordinal) || trees.Outputs != input.Outputs)
        {
            throw Unusable($"Its model has the objective {XGBoostObjectives.NameOf(trees.Objective)} and {trees.Outputs} scores.", $"Train one of {string.Join(", ", objectives)}.");
        }

        if (trees.FeatureCount != input.Names.Count)
        {
            throw Unusable($"Its model takes {trees.FeatureCount} inputs; {input.Names.Count} are needed.", "Take the names under features in parameters.json, in their order.");
        }

        var onnx = XGBoostToOnnx.Convert(trees, input.Names);
        using var booster = Load(json);
        var check = PackagingCheck.Compare(booster, onnx, input.Test.Features, input.Names.Count);
        return check.Problem is { } problem
            ? throw new FlyballException(problem)
            : new TrainerOutput(
                onnx,
                new Dictionary<string, byte[]>(StringComparer.Ordinal) { [ModelBundle.XGBoostName] = json },
                NoImportance(input),
                check.MaxDifference,
                string.Create(CultureInfo.InvariantCulture, $"{trees.Trees.Count} trees made by the program; packaged scores within {check.MaxDifference:G2} of the model's"));
    }

    private static XGBoostBooster Load(byte[] json)
    {
        try
        {
            return XGBoostBooster.Load(json);
        }
        catch (XGBoostException e)
        {
            throw Unusable($"XGBoost does not read its model.json: {e.Message}", "Save it with XGBoost 1.3 or later as JSON.");
        }
    }

    private static Dictionary<string, double> NoImportance(TrainerInput input) => input.Names.ToDictionary(n => n, _ => 0.0, StringComparer.Ordinal);

    internal static FlyballException Unusable(string message, string remedy) => new(new Problem("FLY3238", $"What the training program left cannot be used. {message}", Remedy: remedy));
}

using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;

namespace Flyball.Training.Trainers;

/// <summary>
/// Any program as a trainer.
/// <list type="number">
/// <item>A folder gets the project files the program names, the parts as Parquet (the test part without labels) and <c>parameters.json</c>.</item>
/// <item>The program runs in it under its limits; what it leaves is <c>model.onnx</c>, <c>model.json</c> of XGBoost or <c>model.txt</c> of LightGBM, and <c>metrics.json</c> if it likes.</item>
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
            throw Unusable(found.Length == 0 ? "It left no model.onnx, no model.json and no model.txt." : $"It left {string.Join(" and ", found)}.", "Write one model into the folder the program is started in.");
        }

        var model = PlainFile.Read(Path.Combine(folder, name), LargestModel, out var refusal)
            ?? throw Unusable($"{name} is no plain file of {LargestModel >> 20} MB or less: it {refusal ?? "went away"}.", "Write the model itself, not a link.");
        var given = new GivenModel(input, "made by the program", Unusable);
        return name switch { "model.onnx" => given.OfOnnx(model), "model.json" => given.OfXGBoost(model), _ => given.OfLightGbm(model) };
    }

    internal static FlyballException Unusable(string message, string remedy) => new(new Problem("FLY3238", $"What the training program left cannot be used. {message}", Remedy: remedy));
}

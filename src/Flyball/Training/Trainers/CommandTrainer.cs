using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;

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
    private const long LargestReport = 1L << 20;

    public string Name => CommandDefinition.Kind;

    public bool TakesObjective => false;

    public IReadOnlyList<TrainerParameter> Parameters => [];

    public TrainerOutput Train(TrainerInput input)
    {
        var command = input.Definition.Command!;
        var folder = Path.Combine(input.WorkDirectory ?? throw new InvalidOperationException("A program needs a folder to work in."), Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        try
        {
            Prepare(input, command, folder);
            var log = new TrainingProgram(command, input.Definition.Seed).Run(folder);
            return Collect(input, folder) with { Log = log, Reported = ReadReport(folder) };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Prepare(TrainerInput input, CommandDefinition command, string folder)
    {
        foreach (var file in command.Files)
        {
            var target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(input.ProjectDirectory!, file), target);
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
        string[] found = [.. ((string[])["model.onnx", "model.json", "model.txt"]).Where(n => Path.Exists(Path.Combine(folder, n)))];
        if (found is not [var name])
        {
            throw Unusable(found.Length == 0 ? "It left no model.onnx, no model.json and no model.txt." : $"It left {string.Join(" and ", found)}.", "Write one model into the folder the program is started in.");
        }

        var model = Read(folder, name, LargestModel) ?? throw Unusable($"{name} is no plain file of {LargestModel >> 20} MB or less.", "Write the model itself, not a link.");
        var given = new GivenModel(input, "made by the program", Unusable);
        return name switch { "model.onnx" => given.OfOnnx(model), "model.json" => given.OfXGBoost(model), _ => given.OfLightGbm(model) };
    }

    /// <summary>What the program says of its model; kept beside the run, and looked at by no gate.</summary>
    private static Dictionary<string, double> ReadReport(string folder)
    {
        var read = new Dictionary<string, double>(StringComparer.Ordinal);
        if (Read(folder, "metrics.json", LargestReport) is not { } json)
        {
            return read;
        }

        try
        {
            foreach (var (name, value) in JsonNode.Parse(json) as JsonObject ?? [])
            {
                if (value is JsonValue number && number.TryGetValue<double>(out var metric) && double.IsFinite(metric))
                {
                    read[name] = metric;
                }
            }
        }
        catch (JsonException)
        {
            throw Unusable("Its metrics.json is no JSON object.", "Write numbers by name, or leave the file out.");
        }

        return read;
    }

    private static byte[]? Read(string folder, string name, long most)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        return file is { Exists: true, LinkTarget: null } && !file.Attributes.HasFlag(FileAttributes.Device) && file.Length <= most ? File.ReadAllBytes(file.FullName) : null;
    }

    private static FlyballException Unusable(string message, string remedy) => new(new Problem("FLY3238", $"What the training program left cannot be used. {message}", Remedy: remedy));
}

using System.Text.Json;
using System.Text.Json.Nodes;

using Flyball.Engine.Identity;
using Flyball.Engine.Problems;

namespace Flyball.Training.Bundles;

/// <summary>What a bundle is: the member <c>manifest.json</c>.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Task">Such as <c>binary-classification</c>.</param>
/// <param name="RunId">The run that trained it.</param>
/// <param name="Features">The columns of the input, in order.</param>
/// <param name="Inputs">Names of the request's fields.</param>
public sealed record BundleManifest(string Model, string Task, Digest RunId, IReadOnlyList<BundleFeature> Features, IReadOnlyList<string> Inputs)
{
    /// <summary>The version of the layout. A reader refuses any other.</summary>
    public const int CurrentFormat = 1;

    /// <summary>In the order in which they are tried; empty when the score is the answer.</summary>
    public IReadOnlyList<BundleDecision> Decide { get; init; } = [];

    /// <summary>The score from which a binary answer is positive; null when rules decide.</summary>
    public double? Threshold { get; init; }

    /// <summary>The texts of the gates it was held to.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>How raw scores become probabilities; null when they are not changed. Its shape belongs to the calibration's reader.</summary>
    public JsonNode? Calibration { get; init; }

    /// <summary>Profile of the features and scores in training, to compare live traffic with.</summary>
    public JsonNode? ReferenceProfile { get; init; }

    /// <summary>Parameters, metrics, importance, split and versions of training.</summary>
    public JsonNode? Training { get; init; }

    /// <summary>Rows of <c>golden.jsonl</c>; 0 when it is not there.</summary>
    public int GoldenRows { get; init; }

    /// <summary>Canonical JSON: the same manifest gives the same bytes.</summary>
    public byte[] Write() => CanonicalJson.Write(new JsonObject
    {
        ["format"] = CurrentFormat,
        ["model"] = Model,
        ["task"] = Task,
        ["run_id"] = RunId.Hex,
        ["features"] = new JsonArray([.. Features.Select(f => new JsonObject { ["name"] = f.Name, ["definition"] = f.Definition.Hex })]),
        ["inputs"] = Texts(Inputs),
        ["decide"] = new JsonArray([.. Decide.Select(d => new JsonObject { ["decision"] = d.Decision, ["when"] = d.When })]),
        ["threshold"] = Threshold,
        ["gates"] = Texts(Gates),
        ["calibration"] = Calibration?.DeepClone(),
        ["reference_profile"] = ReferenceProfile?.DeepClone(),
        ["training"] = Training?.DeepClone(),
        ["golden_rows"] = GoldenRows,
    });

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="FlyballException">FLY1165: not a manifest, or of another format.</exception>
    public static BundleManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var root = JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject ?? throw Broken("It is no object.");
            var format = root["format"]?.GetValue<int>();
            return format == CurrentFormat ? Read(root) : throw Broken($"Its format is {format}; this program reads {CurrentFormat}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Broken("It is not the JSON that was expected.", e);
        }
    }

    private static BundleManifest Read(JsonObject root)
    {
        var features = Items(root, "features").Select(f => new BundleFeature(Text(f, "name"), Digest(Text(f, "definition")))).ToArray();
        if (features.Length == 0 || features.DistinctBy(f => f.Name, StringComparer.Ordinal).Count() != features.Length)
        {
            throw Broken("It needs features, each once.");
        }

        return new(Text(root, "model"), Text(root, "task"), Digest(Text(root, "run_id")), features, [.. Items(root, "inputs").Select(Text)])
        {
            Decide = [.. Items(root, "decide").Select(d => new BundleDecision(Text(d, "decision"), Text(d, "when")))],
            Threshold = root["threshold"]?.GetValue<double>(),
            Gates = [.. Items(root, "gates").Select(Text)],
            Calibration = root["calibration"]?.DeepClone(),
            ReferenceProfile = root["reference_profile"]?.DeepClone(),
            Training = root["training"]?.DeepClone(),
            GoldenRows = root["golden_rows"]?.GetValue<int>() ?? 0,
        };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static JsonArray Items(JsonObject root, string name) => root[name] as JsonArray ?? throw Broken($"Its member {name} is not a list.");

    private static string Text(JsonNode? parent, string name) => Text((parent as JsonObject)?[name]);

    private static string Text(JsonNode? value) => value?.GetValue<string>() ?? throw Broken("A text is missing.");

    private static Digest Digest(string hex) => Engine.Identity.Digest.TryParse(hex, out var digest) ? digest : throw Broken("A digest is not 64 lower-case hex digits.");

    private static FlyballException Broken(string reason, Exception? inner = null) =>
        new(new Problem("FLY1165", $"The manifest of the bundle cannot be used. {reason}", new ProblemLocation(ModelBundle.ManifestName)), inner);
}

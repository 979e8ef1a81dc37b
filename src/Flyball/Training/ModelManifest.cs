using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Calibration;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Training.Bundles;
using Flyball.Training.Encodings;
using Flyball.Training.Outside;

namespace Flyball.Training;

/// <summary>
/// What a model version says of itself: the member <c>manifest.json</c> of its bundle. Everything serving needs is here or beside it;
/// nothing in it depends on when or where it was built, so the same run gives the same bytes.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The newest layout that this program writes. A reader takes every layout up to it.</summary>
    public const int CurrentFormat = 2;

    private static readonly JsonSerializerOptions Strict = new(TrainingJson.Options) { RespectNullableAnnotations = true, AllowDuplicateProperties = false };

    /// <summary>1: the model and this file, and whatever else; 2: all of <see cref="BundleMembers.Required"/> are beside it.</summary>
    public int Format { get; init; } = 1;

    public required string Model { get; init; }

    public required string Task { get; init; }

    /// <summary>SHA-256 of everything that went into the run.</summary>
    public required string RunId { get; init; }

    /// <summary>The source whose rows are the requests.</summary>
    public required string PredictOn { get; init; }

    /// <summary>Digest of that source's contract.</summary>
    public required string RequestContract { get; init; }

    /// <summary>The vector in order, with the digest of each definition: serving refuses a version whose features mean something else now.</summary>
    public required IReadOnlyList<ManifestFeature> Features { get; init; }

    /// <summary>Names of the request's fields.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The gates it is held to, as written.</summary>
    public required IReadOnlyList<string> Gates { get; init; }

    /// <summary>Maps the model's raw probability to a calibrated one; null when the model is not calibrated.</summary>
    public IsotonicCalibration? Calibration { get; init; }

    /// <summary>The same by a logistic map of the log-odds; null when the model is not calibrated so.</summary>
    public PlattCalibration? Sigmoid { get; init; }

    /// <summary>Calibrates the probabilities of several classes; null when they are answered as the model gives them.</summary>
    public TemperatureScaling? Temperature { get; init; }

    /// <summary>The calibration in force.</summary>
    [JsonIgnore]
    public ScoreCalibration Calibrated => new(Calibration, Sigmoid, Temperature);

    /// <summary>How categories become inputs; null when every feature is a number.</summary>
    public IReadOnlyList<FeatureEncoding>? Encodings { get; init; }

    /// <summary>The classes in the order of the model's outputs; null unless there are several.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The request's column that is the label: a request to predict need not have it. Null when labels come from another source.</summary>
    public string? OwnLabel { get; init; }

    /// <summary>By how much sampling multiplied the odds of a positive label in training; scores are corrected by it. Null for 1.</summary>
    public double? OddsFactor { get; init; }

    /// <summary>In order: the first rule that holds names the decision.</summary>
    public required IReadOnlyList<DecisionDefinition> Decide { get; init; }

    /// <summary>The model file this version was trained from.</summary>
    public required JsonObject Definition { get; init; }

    /// <summary>
    /// Frozen bins of every feature and of the score over the rows behind validation and test: what drift is measured against. The profile that
    /// merges with others is the member <see cref="BundleMembers.ReferenceProfile"/>.
    /// </summary>
    public required ReferenceProfile Reference { get; init; }

    /// <summary>The member that holds the mergeable profile of the reference rows; null in a bundle of format 1.</summary>
    public string? MergeableProfile { get; init; }

    /// <summary>Rows of <see cref="ModelBundle.GoldenName"/>; null in a bundle of format 1.</summary>
    public int? GoldenRows { get; init; }

    /// <summary>Largest difference between the trained model's own scores and the packaged model's, on the test rows.</summary>
    public required double PackagingDifference { get; init; }

    /// <summary>That the online path gives the features of sampled training rows; null in a bundle of a program that did not measure it.</summary>
    public FeatureProof? Proof { get; init; }

    /// <summary>The model file that was made elsewhere and packaged here; null for a model that was trained here.</summary>
    public OutsideModel? Outside { get; init; }

    /// <summary>The same manifest gives the same bytes.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, TrainingJson.Options);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="FlyballException">FLY1165: not a manifest, or of a later format.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var found = JsonSerializer.Deserialize<ModelManifest>(json, Strict) ?? throw Broken("It is empty.");
            return Defect(found) is { } defect ? throw Broken(defect) : found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            throw Broken("It is not the JSON that was expected.", e);
        }
    }

    private static string? Defect(ModelManifest found) =>
        found.Format is < 1 or > CurrentFormat ? $"Its format is {found.Format}; this program reads up to {CurrentFormat}."
        : found.Features.Count == 0 || found.Features.DistinctBy(f => f.Name, StringComparer.Ordinal).Count() != found.Features.Count ? "It needs features, each once."
        : new object?[] { found.Calibration, found.Sigmoid, found.Temperature }.Count(c => c is not null) > 1 ? "It has more than one calibration."
        : found.Features.Select(f => f.Definition).Append(found.RunId).Any(d => !Digest.TryParse(d, out _)) ? "A digest is not 64 lower-case hex digits."
        : null;

    private static FlyballException Broken(string reason, Exception? inner = null) => new(
        new Problem("FLY1165", $"The manifest of the bundle cannot be used. {reason}", new ProblemLocation(ModelBundle.ManifestName), "Train the model again with this program, or read the bundle with the program that wrote it."), inner);
}

/// <param name="Name"><c>view.feature</c>.</param>
/// <param name="Definition">Digest of the feature's meaning.</param>
/// <param name="Importance">Share of the model's total gain, 0 to 1.</param>
public sealed record ManifestFeature(string Name, string Definition, double Importance);

/// <param name="Features">In the order of the vector.</param>
/// <param name="Scores">Of the calibrated score.</param>
/// <param name="Rows">How many rows the profile was taken over.</param>
public sealed record ReferenceProfile(IReadOnlyList<FrozenProfile> Features, FrozenProfile Scores, long Rows);

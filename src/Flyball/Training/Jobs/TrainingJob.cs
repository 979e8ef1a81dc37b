using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Storage.Lakes;
using Flyball.Training.Outside;
using Flyball.Training.Trainers;

namespace Flyball.Training.Jobs;

/// <summary>
/// Everything a training child process is given: a folder with this file, a copy of the project's definitions, and the champion's
/// bundle when there is one. The child reads the lake's immutable files and touches nothing else of the data directory.
/// </summary>
public sealed record TrainingJob
{
    public const string FileName = "job.json";
    public const string ProjectFolderName = "project";
    public const string ChampionFileName = "champion.zip";
    public const string PreviousFileName = "previous.zip";
    public const string ReportFileName = "evaluation-report.json";
    public const string GivenFileName = "given.zip";
    public const string OutsideFileName = "outside.model";
    public const string BundleFileName = "bundle.zip";
    public const string EvaluationFileName = "evaluation.json";
    public const string ResultFileName = "result.json";

    public required string RunId { get; init; }

    public required string Model { get; init; }

    /// <summary>Rows up to this position are visible.</summary>
    public required long Horizon { get; init; }

    /// <summary>The instant at which labels are counted as mature or not, in microseconds.</summary>
    public required long AsOfMicros { get; init; }

    /// <summary>Manifests of the tables, as they stand in the lake.</summary>
    public required IReadOnlyList<JsonObject> Tables { get; init; }

    /// <summary>A seed with which the labels of the training part are shuffled: a check of the gates, which must refuse such a model. Null trains on the truth.</summary>
    public long? PermuteLabels { get; init; }

    /// <summary>A model file that takes the trainer's place, beside this file as <see cref="OutsideFileName"/>; null trains one.</summary>
    public OutsideModel? Outside { get; init; }

    /// <summary>The files of a training program that the run's id names; null when it names none.</summary>
    public IReadOnlyList<ProgramFile>? Programs { get; init; }

    public IReadOnlyList<LakeManifest> Manifests() => [.. Tables.Select(t => LakeManifest.Parse(JsonSerializer.SerializeToUtf8Bytes(t)))];

    public static TrainingJob Read(string directory) =>
        JsonSerializer.Deserialize<TrainingJob>(File.ReadAllBytes(Path.Combine(directory, FileName)), TrainingJson.Options)
        ?? throw new InvalidDataException($"{FileName} in {directory} is empty.");

    public void Write(string directory) =>
        File.WriteAllBytes(Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, TrainingJson.Options));
}

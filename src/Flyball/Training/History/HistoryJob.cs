using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Storage.Lakes;

namespace Flyball.Training.History;

/// <summary>
/// Everything a child process is given to compute a history: a folder with this file, the project's definitions and the spine. It reads the lake's
/// immutable files, and writes the result and what it found into the folder.
/// </summary>
public sealed record HistoryJob
{
    public const string FileName = "history.json";
    public const string ProjectFolderName = "project";
    public const string ResultFileName = "result.json";
    public const string ProblemFileName = "problem.json";

    public required HistoryRequest Request { get; init; }

    /// <summary>Rows up to this position are visible.</summary>
    public required long Horizon { get; init; }

    /// <summary>The file of the spine in the folder; null when it is the model's requests.</summary>
    public string? Spine { get; init; }

    /// <summary>Manifests of the tables.</summary>
    public required IReadOnlyList<JsonObject> Tables { get; init; }

    /// <summary>Where the key of tokens lies, when keys of the spine are to be found by their tokens; else null.</summary>
    public string? KeysDirectory { get; init; }

    /// <summary>Threads; null for one a core.</summary>
    public int? Parallelism { get; init; }

    /// <summary>The file of the result in the folder.</summary>
    public string OutputFileName => $"result.{Request.Format}";

    public IReadOnlyList<LakeManifest> Manifests() => [.. Tables.Select(t => LakeManifest.Parse(JsonSerializer.SerializeToUtf8Bytes(t)))];

    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    public static HistoryJob Read(string directory) =>
        JsonSerializer.Deserialize<HistoryJob>(File.ReadAllBytes(Path.Combine(directory, FileName)), TrainingJson.Options)
        ?? throw new InvalidDataException($"{FileName} in {directory} is empty.");

    public void Write(string directory) =>
        File.WriteAllBytes(Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, TrainingJson.Options));
}

using System.Text.Json;
using Flyball.Engine.Problems;

namespace Flyball.Training.Jobs;

/// <summary>The problem that ended a job, for the process that asked for it: on standard error it is words only.</summary>
internal static class JobProblem
{
    private const string FileName = "problem.json";

    public static void Write(string directory, Problem problem) =>
        File.WriteAllBytes(Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(problem, TrainingJson.Options));

    /// <summary>Null when the job said none.</summary>
    public static Problem? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<Problem>(File.ReadAllBytes(path), TrainingJson.Options) : null;
    }
}

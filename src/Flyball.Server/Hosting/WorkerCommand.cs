using Flyball.Training.Validation;

namespace Flyball.Server.Hosting;

/// <summary>How this program starts itself as a training worker, and as what a training program begins as.</summary>
internal static class WorkerCommand
{
    /// <summary>The hidden command of the command line.</summary>
    public const string Name = "train-worker";

    /// <summary>The hidden command that shuts itself in and becomes a training program.</summary>
    public const string ConfinerName = "run-confined";

    /// <summary>The hidden command that examines a model file.</summary>
    public const string ExaminerName = "examine-model";

    /// <summary>How model files are examined by this program.</summary>
    public static ExamOptions Exams() => new() { Command = Start(ExaminerName), Confiner = ConfinerOfThisProgram() };

    public static IReadOnlyList<string> OfThisProgram() => Start(Name);

    public static IReadOnlyList<string> ConfinerOfThisProgram() => Start(ConfinerName);

    private static IReadOnlyList<string> Start(string command)
    {
        var assembly = typeof(WorkerCommand).Assembly.Location;
        var host = Environment.ProcessPath;
        return host is not null && Path.GetFileNameWithoutExtension(host) == Path.GetFileNameWithoutExtension(assembly)
            ? [host, command]
            : ["dotnet", assembly, command];
    }
}

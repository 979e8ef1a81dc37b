using Flyball.Training.Validation;

namespace Flyball.Server.Cli;

/// <summary>The hidden command behind the examination of a model file: one line of JSON on standard output. A file that ends this process is refused by that.</summary>
internal static class ExamineModelCommand
{
    public static int Run(string folder)
    {
        Console.Out.WriteLine(ModelExam.Run(folder));
        return ExitCodes.Good;
    }
}

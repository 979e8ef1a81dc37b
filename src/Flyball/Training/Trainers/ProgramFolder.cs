using System.Diagnostics;

namespace Flyball.Training.Trainers;

/// <summary>A folder for one start of a program, and the note beside it that says what the program may reach. Both are gone afterwards, whatever the program did to them.</summary>
internal sealed class ProgramFolder : IDisposable
{
    private ProgramFolder(string path) => Path = path;

    public string Path { get; }

    public static ProgramFolder Create(string parent)
    {
        var path = System.IO.Path.Combine(parent, System.IO.Path.GetRandomFileName());
        Directory.CreateDirectory(path);
        return new ProgramFolder(path);
    }

    public void Dispose()
    {
        File.Delete($"{Path}.json");
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // It is gone already.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deeper than a path is long, or shut against its owner: these tools take it step by step.
            Run("chmod", "-R", "u+rwX", "--", Path);
            Run("rm", "-rf", "--", Path);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
    }
}

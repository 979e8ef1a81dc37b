using System.Diagnostics;

namespace Flyball.Storage.TestKit;

/// <summary>An empty directory that goes away with the test.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flyball-").FullName;

    /// <summary>The path of something inside it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>What a process that is killed now would leave behind: a copy of a directory as the kernel sees it.</summary>
    public static void Copy(string from, string to)
    {
        // Not File.Copy: it respects the lock that the living owner holds.
        using var copy = Process.Start("cp", ["-r", from, to]);
        copy.WaitForExit();
        if (copy.ExitCode != 0)
        {
            throw new IOException($"cp of {from} ended with {copy.ExitCode}.");
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

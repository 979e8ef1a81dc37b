using System.Text.Json;
using Flyball.Native.Posix;

namespace Flyball.Training.Trainers;

/// <summary>
/// A program and what it may reach. A process of its own reads this, shuts itself in, and becomes the program.
/// <list type="number">
/// <item>It writes in its own folder, and to <c>/dev/null</c>.</item>
/// <item>It reads its own folder, and what lies outside the hidden directory: every directory beside the way from the root to it.</item>
/// <item>It has no privileges, TCP only when it is given, and ends with whoever started it.</item>
/// </list>
/// </summary>
public sealed record ConfinedProgram
{
    /// <summary>The file to execute.</summary>
    public required string Path { get; init; }

    /// <summary>The first is the name it is called by.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>All of its variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Its own folder.</summary>
    public required string Folder { get; init; }

    /// <summary>A directory that it must not read; null for none.</summary>
    public string? Hidden { get; init; }

    /// <summary>Files that it may read wherever they are.</summary>
    public IReadOnlyList<string> Readable { get; init; } = [];

    public bool Network { get; init; }

    /// <summary>The kernel's Landlock is used.</summary>
    public bool Landlock { get; init; }

    public static ConfinedProgram Read(string file) =>
        JsonSerializer.Deserialize<ConfinedProgram>(File.ReadAllBytes(file), TrainingJson.Options) ?? throw new InvalidDataException($"{file} is empty.");

    public void Write(string file) => File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(this, TrainingJson.Options));

    /// <summary>Makes this process the program. Returns only by its exception.</summary>
    /// <exception cref="PosixException">It could not be shut in, and was not started; or it cannot be executed.</exception>
    public void Become()
    {
        ProgramImage.GiveUpPrivileges();
        if (Landlock)
        {
            string[] readable = [.. ReadableAround(Hidden is null ? null : RealPath(Hidden)), "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", .. Readable.Select(RealPath)];
            Native.Posix.Landlock.Restrict(new LandlockGrants(readable, ["/dev/null"], [RealPath(Folder)], Network));
        }

        ProgramImage.Execute(Path, Arguments, Environment);
    }

    /// <summary>Everything but one directory: what stands beside it and beside each directory above it. Links are left out, for what they lead to is there itself.</summary>
    internal static IReadOnlyList<string> ReadableAround(string? hidden)
    {
        var (granted, at) = (new List<string>(), "/");
        foreach (var name in (string[])[.. (hidden ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries), ""])
        {
            var next = System.IO.Path.Combine(at, name);
            granted.AddRange(EntriesOf(at).Where(e => e.LinkTarget is null).Select(e => e.FullName).Where(p => p != next && p != "/dev"));
            if (name.Length == 0 || next == hidden)
            {
                break;
            }

            at = next;
        }

        return granted;
    }

    private static FileSystemInfo[] EntriesOf(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).GetFileSystemInfos();
        }
        catch (UnauthorizedAccessException)
        {
            // What this user cannot list, it cannot give.
            return [];
        }
    }

    /// <summary>Without symbolic links anywhere in it; the path itself when nothing is there.</summary>
    private static string RealPath(string path)
    {
        var at = "/";
        foreach (var name in System.IO.Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = System.IO.Path.Combine(at, name);
            at = File.ResolveLinkTarget(next, returnFinalTarget: true) is { } target ? RealPath(target.FullName) : next;
        }

        return at;
    }
}

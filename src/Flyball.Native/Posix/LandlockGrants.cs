namespace Flyball.Native.Posix;

/// <summary>What a restricted program keeps. Paths are real ones: a symbolic link gives nothing.</summary>
/// <param name="Readable">Directories, with all below them, and files that it may read and execute.</param>
/// <param name="Devices">Files that it may read and write, such as <c>/dev/null</c>.</param>
/// <param name="Own">Directories in which it may do everything but make devices.</param>
/// <param name="Network">It may open TCP connections and listen for them.</param>
public sealed record LandlockGrants(IReadOnlyList<string> Readable, IReadOnlyList<string> Devices, IReadOnlyList<string> Own, bool Network);

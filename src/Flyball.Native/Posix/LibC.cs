using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Native.Posix;

/// <summary>The C library's calls as they are: -1 and errno on failure.</summary>
internal static partial class LibC
{
    internal const int Eintr = 4;
    internal const int ReadOnly = 0;
    internal const int Directory = 0x10000;
    internal const int CloseOnExec = 0x80000;

    internal const int NonBlocking = 0x800;
    internal const int PathOnly = 0x200000;
    internal const int WorkingDirectory = -100;
    internal const int NoSymbolicLinks = 0x100;
    internal const int EmptyPath = 0x1000;
    internal const uint StartWriting = 2;

    /// <summary>O_NOFOLLOW differs on 64-bit ARM.</summary>
    internal static int NoFollowFlag =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>O_DIRECTORY differs on 64-bit ARM.</summary>
    internal static int DirectoryFlag =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : Directory;

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    internal static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static unsafe partial int WaitFor(int process, int* status, int options);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static unsafe partial int ProcessControl(int option, int* second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    internal static partial nint Handle(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Status(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Execute(string path, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}

using System.Runtime.InteropServices;

namespace Flyball.Architecture.Fixtures.Native;

public static unsafe partial class CallsLibrary
{
    public static int First(int* numbers) => *numbers;

    [LibraryImport("libc", EntryPoint = "getpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int GetProcessId();
}

using System.Runtime.InteropServices;

namespace Flyball.Native.Posix;

/// <summary>
/// Linux's Landlock: a thread gives up rights over files, the network and other processes, for itself and for all that it starts, for good.
/// <list type="number">
/// <item>A ruleset names every right that the kernel knows: what no rule gives back is refused.</item>
/// <item>A rule gives rights below one directory, or over one file.</item>
/// <item>The calling thread is restricted; what it executes afterwards is too.</item>
/// </list>
/// Source: the kernel's <c>Documentation/userspace-api/landlock.rst</c>.
/// </summary>
public static class Landlock
{
    private const nint CreateRuleset = 444;
    private const nint AddRule = 445;
    private const nint RestrictSelf = 446;
    private const nint RuleBeneathPath = 1;
    private const int NoNewPrivileges = 38;
    private const int Enoent = 2;

    private const ulong Execute = 1, WriteFile = 1 << 1, ReadFile = 1 << 2, ReadDirectory = 1 << 3;
    private const ulong MakeCharacterDevice = 1 << 6, MakeBlockDevice = 1 << 11;
    private const ulong Refer = 1 << 13, Truncate = 1 << 14, DeviceControl = 1 << 15;
    private const ulong OfFiles = Execute | WriteFile | ReadFile | Truncate | DeviceControl;
    private const ulong BindAndConnect = 3;
    private const ulong AbstractSocketsAndSignals = 3;

    /// <summary>What the kernel's Landlock can do: 0 is none at all, 3 all of files, 4 TCP too, 6 signals and abstract sockets too.</summary>
    public static int Version { get; } = ReadVersion();

    /// <summary>Restricts the calling thread to <paramref name="grants"/>, as far as the kernel can; it never gets a privilege by executing something either.</summary>
    /// <exception cref="PosixException">The kernel refused: nothing is restricted that was not before.</exception>
    /// <exception cref="InvalidOperationException">The kernel has no Landlock.</exception>
    public static void Restrict(LandlockGrants grants)
    {
        if (Version <= 0)
        {
            throw new InvalidOperationException("The kernel has no Landlock.");
        }

        var files = Known(Version);
        var ruleset = Create(files, grants.Network);
        try
        {
            foreach (var path in grants.Readable)
            {
                Allow(ruleset, path, files & (Execute | ReadFile | ReadDirectory));
            }

            foreach (var path in grants.Devices)
            {
                Allow(ruleset, path, files & (ReadFile | WriteFile | Truncate));
            }

            foreach (var path in grants.Own)
            {
                Allow(ruleset, path, files & ~(MakeCharacterDevice | MakeBlockDevice));
            }

            Check(LibC.ProcessControl(NoNewPrivileges, 1, 0, 0, 0), "prctl", "no_new_privs");
            Check(LibC.SystemCall(RestrictSelf, ruleset, 0, 0, 0), "landlock_restrict_self", "");
        }
        finally
        {
            _ = LibC.Close(ruleset);
        }
    }

    private static ulong Known(int version)
    {
        var rights = Refer - 1;
        rights |= version >= 2 ? Refer : 0;
        rights |= version >= 3 ? Truncate : 0;
        return rights | (version >= 5 ? DeviceControl : 0);
    }

    private static unsafe int Create(ulong files, bool network)
    {
        var attributes = stackalloc ulong[3];
        attributes[0] = files;
        attributes[1] = Version >= 4 && !network ? BindAndConnect : 0;
        attributes[2] = Version >= 6 ? AbstractSocketsAndSignals : 0;

        // A kernel refuses members that it does not know.
        var members = Version >= 6 ? 3 : Version >= 4 ? 2 : 1;
        return (int)Check(LibC.SystemCall(CreateRuleset, (nint)attributes, members * sizeof(ulong), 0, 0), "landlock_create_ruleset", "");
    }

    private static unsafe void Allow(int ruleset, string path, ulong rights)
    {
        var file = LibC.Open(path, LibC.PathOnly | LibC.CloseOnExec | LibC.NoFollowFlag);
        if (file < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Enoent)
            {
                // It went away since it was listed: there is nothing to give.
                return;
            }

            throw new PosixException("open", path, errno);
        }

        try
        {
            // Packed: eight bytes of rights, then the descriptor.
            var rule = stackalloc byte[12];
            *(ulong*)rule = PlainFile.IsDirectory(file) ? rights : rights & OfFiles;
            *(int*)(rule + 8) = file;
            Check(LibC.SystemCall(AddRule, ruleset, RuleBeneathPath, (nint)rule, 0), "landlock_add_rule", path);
        }
        finally
        {
            _ = LibC.Close(file);
        }
    }

    /// <summary>0 also where security modules are switched off, or another system answers the call.</summary>
    private static int ReadVersion() =>
        OperatingSystem.IsLinux() ? (int)Math.Max(0, LibC.SystemCall(CreateRuleset, 0, 0, 1, 0)) : 0;

    private static nint Check(nint result, string call, string path) =>
        result >= 0 ? result : throw new PosixException(call, path, Marshal.GetLastPInvokeError());
}

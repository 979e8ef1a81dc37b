using System.Runtime.InteropServices;

namespace Flyball.Native.Posix;

/// <summary>This process on its way to become another program.</summary>
public static class ProgramImage
{
    private const int ParentDeathSignal = 1;
    private const int DropFromBoundingSet = 24;
    private const int NoNewPrivileges = 38;
    private const int SigKill = 9;
    private const int SigPipe = 13;
    private const nint CloseRange = 436;
    private const nint CloseRangeOnExecute = 4;
    private const int MostCapabilities = 64;

    /// <summary>What is executed from now on has no privileges beyond its user's rights over files, not even as root, and ends with the thread that started this process.</summary>
    /// <exception cref="PosixException">The kernel refused.</exception>
    public static void GiveUpPrivileges()
    {
        Check(LibC.ProcessControl(ParentDeathSignal, SigKill, 0, 0, 0), "prctl", "parent death signal");
        for (var capability = 0; capability < MostCapabilities; capability++)
        {
            if (LibC.ProcessControl(DropFromBoundingSet, (nuint)capability, 0, 0, 0) != 0)
            {
                // There are no more of them; or this user has none to give up.
                break;
            }
        }

        Check(LibC.ProcessControl(NoNewPrivileges, 1, 0, 0, 0), "prctl", "no_new_privs");
    }

    /// <summary>Executes a program in place of this one; nothing but the three standard streams goes over to it. Returns only by its exception.</summary>
    /// <param name="path">The program's file.</param>
    /// <param name="arguments">The first is the name it is called by.</param>
    /// <param name="environment">All of its variables.</param>
    /// <exception cref="PosixException">It cannot be executed.</exception>
    public static unsafe void Execute(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        // The runtime ignores this signal, and what is ignored stays so: a writer into a closed pipe would go on.
        _ = LibC.Handle(SigPipe, 0);

        // Older kernels lack the call; the runtime's own descriptors close by themselves.
        _ = LibC.SystemCall(CloseRange, 3, int.MaxValue, CloseRangeOnExecute, 0);
        _ = LibC.Execute(path, Strings(arguments), Strings([.. environment.Select(v => $"{v.Key}={v.Value}")]));
        throw new PosixException("execve", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Never freed: the process is another one, or at its end.</summary>
    private static unsafe byte** Strings(IReadOnlyList<string> texts)
    {
        var list = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
        {
            list[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return list;
    }

    private static void Check(int result, string call, string what)
    {
        if (result < 0)
        {
            throw new PosixException(call, what, Marshal.GetLastPInvokeError());
        }
    }
}

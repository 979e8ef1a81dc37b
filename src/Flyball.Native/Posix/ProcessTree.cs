using System.Globalization;

namespace Flyball.Native.Posix;

/// <summary>
/// The processes that a process has begun, directly or through others.
/// <list type="number">
/// <item>A process that adopts gets every orphan below it as a child: leaving a session, or forking twice, hides nothing.</item>
/// <item>They are stopped until no new one appears, which a process that keeps forking cannot outrun, and then ended.</item>
/// <item>That is repeated until none is left.</item>
/// </list>
/// Cost of a look: one small read a process of the system.
/// </summary>
public static class ProcessTree
{
    private const int SetSubreaper = 36;
    private const int GetSubreaper = 37;
    private const int SigKill = 9;
    private const int SigStop = 19;
    private const int DoNotWait = 1;
    private const int MostRounds = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>This process adopts the orphans below it.</summary>
    public static unsafe bool Adopts
    {
        get
        {
            int adopts;
            return LibC.ProcessControl(GetSubreaper, &adopts, 0, 0, 0) == 0 && adopts != 0;
        }
    }

    /// <summary>From now on orphans of this process's descendants become its own children.</summary>
    /// <exception cref="PosixException">The kernel refused.</exception>
    public static void Adopt()
    {
        if (LibC.ProcessControl(SetSubreaper, 1, 0, 0, 0) != 0)
        {
            throw new PosixException("prctl", "child subreaper", System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>The living processes below <paramref name="root"/>, without it. One whose first thread has ended while others run is living.</summary>
    public static IReadOnlySet<int> Below(int root)
    {
        var children = new Dictionary<int, List<(int Process, bool IsLiving)>>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process) && Read(directory) is var (parent, isLiving))
            {
                if (!children.TryGetValue(parent, out var siblings))
                {
                    children[parent] = siblings = [];
                }

                siblings.Add((process, isLiving));
            }
        }

        var (found, open) = (new HashSet<int>(), new Stack<int>([root]));
        var seen = new HashSet<int> { root };
        while (open.TryPop(out var parent))
        {
            foreach (var (process, isLiving) in children.GetValueOrDefault(parent) ?? [])
            {
                if (seen.Add(process))
                {
                    open.Push(process);
                    if (isLiving)
                    {
                        found.Add(process);
                    }
                }
            }
        }

        return found;
    }

    /// <summary>Ends every process below <paramref name="root"/> but <paramref name="spared"/>.</summary>
    /// <param name="root">The process that they stand under.</param>
    /// <param name="spared">Processes that stay.</param>
    /// <param name="within">When to give up.</param>
    /// <returns>How many were ended, and whether none is left.</returns>
    public static (int Ended, bool IsEmpty) End(int root, IReadOnlySet<int> spared, TimeSpan within)
    {
        using var pause = new ManualResetEventSlim();
        var (ended, started) = (new HashSet<int>(), TimeProvider.System.GetTimestamp());
        while (true)
        {
            var left = Stopped(root, spared);
            foreach (var process in left)
            {
                _ = LibC.Kill(process, SigKill);
            }

            ended.UnionWith(left);
            Reap(ended);
            if (left.Count == 0 || TimeProvider.System.GetElapsedTime(started) > within)
            {
                return (ended.Count, left.Count == 0);
            }

            pause.Wait(Pause);
        }
    }

    private static HashSet<int> Stopped(int root, IReadOnlySet<int> spared)
    {
        var stopped = new HashSet<int>();
        for (var round = 0; round < MostRounds; round++)
        {
            var before = stopped.Count;
            foreach (var process in Below(root).Where(p => !spared.Contains(p) && stopped.Add(p)))
            {
                _ = LibC.Kill(process, SigStop);
            }

            if (stopped.Count == before)
            {
                break;
            }
        }

        return stopped;
    }

    /// <summary>Adopted ones are nobody's to wait for but ours; of others the call fails and nothing happens.</summary>
    private static unsafe void Reap(IEnumerable<int> processes)
    {
        foreach (var process in processes)
        {
            int status;
            _ = LibC.WaitFor(process, &status, DoNotWait);
        }
    }

    private static (int Parent, bool IsLiving)? Read(string directory)
    {
        try
        {
            // The name stands in parentheses and may hold anything; behind it are state and parent.
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 3);
            var isLiving = fields[0] is not ("Z" or "X") || Directory.EnumerateDirectories(Path.Combine(directory, "task")).Skip(1).Any();
            return (int.Parse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture), isLiving);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException or FormatException)
        {
            // It ended in between.
            return null;
        }
    }
}

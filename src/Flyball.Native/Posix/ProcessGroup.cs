namespace Flyball.Native.Posix;

/// <summary>All processes that a program started with <c>setsid</c> has begun, unless they left its group themselves.</summary>
public static class ProcessGroup
{
    private const int SigKill = 9;

    /// <summary>Ends them all at once, which a process that keeps forking cannot outrun. Nothing happens when none is left.</summary>
    /// <param name="leader">The process that leads the group; above 1.</param>
    public static void Kill(int leader)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(leader, 1);

        // The only failure left is that there is no such group any more.
        _ = LibC.Kill(-leader, SigKill);
    }
}

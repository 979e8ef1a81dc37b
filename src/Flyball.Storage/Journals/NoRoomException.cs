namespace Flyball.Storage.Journals;

/// <summary>A write for which the disk had no room. Everything of it was taken back, durably, so the journal is what it was before.</summary>
internal sealed class NoRoomException(Exception refused) : Exception("The disk has no room.", refused)
{
    /// <summary>ENOSPC and EDQUOT of Linux; macOS has 69 for the second.</summary>
    private static readonly int[] Numbers = [28, 69, 122];

    /// <summary>Whether a write failed for want of room. A sync that did is another thing: nobody knows then what the disk holds.</summary>
    internal static bool Is(Exception failure) => failure is IOException and not Native.Posix.PosixException && Numbers.Contains(failure.HResult);
}

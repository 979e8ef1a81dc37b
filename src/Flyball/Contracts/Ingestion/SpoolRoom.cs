namespace Flyball.Contracts.Ingestion;

/// <summary>
/// How much of a disk uploads may take: all but a reserve, which belongs to the log. An upload that is refused costs its sender a repeat; a log
/// without room refuses everybody.
/// </summary>
/// <param name="read">Free and whole bytes of the disk; null where nobody can tell, and then a full disk refuses by itself.</param>
internal sealed class SpoolRoom(Func<(long Free, long Whole)?> read)
{
    private const long MostReserved = 1L << 30;
    private const int ReservedShare = 10;

    /// <summary>The disk of a folder.</summary>
    public static SpoolRoom Of(string folder) => new(() =>
    {
        try
        {
            var drive = new DriveInfo(folder);
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    });

    /// <summary>Whether so many bytes more leave the reserve alone: a tenth of the disk, and a gigabyte at most.</summary>
    public bool Holds(long more) => read() is not { } disk || disk.Free - more >= Math.Min(MostReserved, disk.Whole / ReservedShare);
}

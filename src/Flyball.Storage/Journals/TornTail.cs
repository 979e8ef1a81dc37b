using System.Globalization;

namespace Flyball.Storage.Journals;

/// <summary>
/// Decides whether unreadable bytes at the end of the last segment are an append that was never acknowledged.
/// </summary>
/// <remarks>
/// 1. Whatever proves that a record from there on was acknowledged (the watermark file, or the watermark inside a
///    later frame) makes it damage.
/// 2. Without a later frame it is torn: a write stopped half-way.
/// 3. With a later frame of the same group commit, power may have failed with only some of the group's sectors on
///    disk. A sector that never arrived is zero to its end in a file that only grows; a damaged frame shows no such hole.
/// </remarks>
internal static class TornTail
{
    private const int Sector = 512;

    /// <summary>Null when the tail may be cut, else why it is damage.</summary>
    /// <param name="file">The segment from offset 0.</param>
    /// <param name="salt">From the segment's header.</param>
    /// <param name="offset">Where the first unreadable frame starts.</param>
    /// <param name="expected">The seq that this frame would start with.</param>
    /// <param name="watermark">From the watermark file.</param>
    internal static string? Damage(ReadOnlySpan<byte> file, uint salt, int offset, long expected, long watermark)
    {
        var next = -1;
        for (var at = offset + 1; ; at++)
        {
            var step = file[Math.Min(at, file.Length)..].IndexOf(FrameHeader.Magic);
            if (step < 0)
            {
                break;
            }

            at += step;
            if (FrameHeader.TryRead(file[at..], salt, out var later))
            {
                next = next < 0 ? at : next;
                watermark = Math.Max(watermark, later.Watermark);
            }
        }

        if (watermark >= expected)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"records from {expected} on are unreadable, and up to {watermark} they were acknowledged.");
        }

        return next < 0 || HasHole(file, offset, next)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"a frame is unreadable and an intact one follows at byte {next}.");
    }

    private static bool HasHole(ReadOnlySpan<byte> file, int start, int end)
    {
        for (var sector = start / Sector * Sector; sector + Sector <= end; sector += Sector)
        {
            var from = Math.Max(sector, start);
            if (file[from..(sector + Sector)].IndexOfAnyExcept((byte)0) < 0)
            {
                return true;
            }
        }

        return false;
    }
}

namespace Flyball.Engine.Windows;

/// <summary>
/// How long the tiles of a window are: the greatest rung of a fixed ladder that is at most a sixteenth of the window, and the least rung for
/// windows shorter than 16 s. A window of up to 448 d so meets at most 97 tiles. The ladder is part of the meaning of a floating-point
/// feature (docs/adr/0004-canonical-fold.md): changing it changes bits.
/// </summary>
internal static class TileLength
{
    private const long Second = 1_000_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    private static readonly long[] Ladder =
    [
        Second, 5 * Second, 15 * Second, Minute, 5 * Minute, 15 * Minute, Hour, 6 * Hour, Day, 7 * Day, 28 * Day,
    ];

    public static long For(long windowMicros)
    {
        var length = Ladder[0];
        foreach (var rung in Ladder)
        {
            length = rung <= windowMicros / 16 ? rung : length;
        }

        return length;
    }

    /// <summary>The last microsecond of the tile that holds <paramref name="micros"/>; tiles start at multiples of their length.</summary>
    public static long LastOfTile(long micros, long length)
    {
        // For an instant before the epoch the remainder is negative or zero, and removing it lands on the next tile's start.
        var rest = micros % length;
        return rest < 0 ? micros - rest - 1 : Saturating.Add(micros - rest, length - 1);
    }

    /// <summary>How many tiles a window of this length can meet.</summary>
    public static int MostTiles(long windowMicros) => (int)(windowMicros / For(windowMicros)) + 2;
}

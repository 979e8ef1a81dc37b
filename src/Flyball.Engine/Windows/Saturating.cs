namespace Flyball.Engine.Windows;

/// <summary>Microsecond arithmetic that stops at the ends of the range, so that no instant makes a fold throw.</summary>
internal static class Saturating
{
    /// <param name="time">Any instant.</param>
    /// <param name="length">At least 0.</param>
    public static long Subtract(long time, long length) => time >= long.MinValue + length ? time - length : long.MinValue;

    /// <param name="time">Any instant.</param>
    /// <param name="length">At least 0.</param>
    public static long Add(long time, long length) => time <= long.MaxValue - length ? time + length : long.MaxValue;
}

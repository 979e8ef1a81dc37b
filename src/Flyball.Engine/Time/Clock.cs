namespace Flyball.Engine.Time;

/// <summary>Exact conversions between .NET's 100 ns ticks and the microseconds that Flyball counts in.</summary>
public static class Clock
{
    /// <summary>Microseconds in one day.</summary>
    public const long MicrosPerDay = 86_400_000_000;

    private const long TicksPerMicro = TimeSpan.TicksPerMicrosecond;

    /// <summary>Microseconds since the Unix epoch, rounded down.</summary>
    public static long ToMicros(DateTimeOffset at) =>
        Math.DivRem(at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, TicksPerMicro, out var rest) - (rest < 0 ? 1 : 0);

    /// <summary>The point in time for microseconds since the Unix epoch. Throws outside the years 1 to 9999.</summary>
    public static DateTimeOffset FromMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TicksPerMicro);
}

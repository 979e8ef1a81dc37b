namespace Flyball.Serving.Degradation;

/// <summary>Until when an answer is wanted, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
/// <param name="Timestamp"><see cref="long.MaxValue"/> when it is wanted whenever it comes.</param>
public readonly record struct Deadline(long Timestamp)
{
    public static Deadline None { get; } = new(long.MaxValue);

    /// <param name="time">The clock.</param>
    /// <param name="started">When the request came, on that clock.</param>
    /// <param name="micros">Its budget in microseconds; null for none.</param>
    public static Deadline After(TimeProvider time, long started, long? micros)
    {
        ArgumentNullException.ThrowIfNull(time);
        return micros is { } budget ? new(started + (long)Math.Min(budget * (time.TimestampFrequency / 1e6), long.MaxValue / 4)) : None;
    }

    public bool HasPassed(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return Timestamp != long.MaxValue && time.GetTimestamp() >= Timestamp;
    }

    /// <summary>Time that is left; never negative, and very long when there is no limit.</summary>
    public TimeSpan Left(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return Timestamp == long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromSeconds(Math.Max(0, Timestamp - time.GetTimestamp()) / (double)time.TimestampFrequency);
    }
}

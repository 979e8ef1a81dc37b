using Flyball.Engine.Time;

namespace Flyball.Tests.Time;

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp()
    {
        now += TimePerRead;
        return now.UtcTicks;
    }

    /// <summary>How far a look at the timestamp moves the clock: for what must notice that time passes while it works.</summary>
    public TimeSpan TimePerRead { get; set; }

    public void Advance(TimeSpan by) => now += by;

    public EventTime Now => EventTime.From(now);
}

namespace Flyball.Tests.Time;

/// <summary>A clock that stands still until a test moves it, whose timers fire when the test says so.</summary>
internal sealed class TickingTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly List<Timer> timers = [];
    private DateTimeOffset now = start;

    public override DateTimeOffset GetUtcNow() => now;

    /// <summary>Whether somebody waits for a tick.</summary>
    public bool HasTimers
    {
        get
        {
            lock (timers)
            {
                return timers.Count > 0;
            }
        }
    }

    public void Advance(TimeSpan by)
    {
        now += by;
        List<Timer> firing;
        lock (timers)
        {
            firing = [.. timers];
        }

        firing.ForEach(t => t.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (timers)
        {
            timers.Add(timer);
        }

        return timer;
    }

    private sealed class Timer(TickingTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (owner.timers)
            {
                owner.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

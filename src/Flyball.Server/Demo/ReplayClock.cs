using Flyball.Engine.Time;

namespace Flyball.Server.Demo;

/// <summary>A clock that stands where a replay puts it and never goes back. Elapsed time stays real, so that latencies are measured.</summary>
internal sealed class ReplayClock(EventTime start) : TimeProvider
{
    private long micros = start.Micros;

    public EventTime Now => new(Interlocked.Read(ref micros));

    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();

    /// <summary>Moves the clock to <paramref name="to"/>; an earlier instant is ignored.</summary>
    public void MoveTo(EventTime to)
    {
        var seen = Interlocked.Read(ref micros);
        while (to.Micros > seen)
        {
            var before = Interlocked.CompareExchange(ref micros, to.Micros, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}

namespace Flyball.Serving.Admission;

/// <summary>
/// How long work waits for one of the process's threads: nobody has looked at a request before it got one, so what it waited there is known only by what
/// others wait. Whoever asks has a probe stand in the same line, one at a time and not more often than each millisecond; what it found counts for a while.
/// Thread-safe. Cost: two readings of the clock.
/// </summary>
/// <param name="queue">Has a piece of work done by one of the process's threads, in its turn.</param>
internal sealed class PoolDelay(TimeProvider time, Action<IThreadPoolWorkItem> queue) : IThreadPoolWorkItem
{
    private const double EveryMicros = 1_000;
    private const double CountsForMicros = 50_000;

    private const int Home = 0;
    private const int Leaving = 1;
    private const int Standing = 2;

    private int state;
    private long sent;
    private long found;
    private long foundAt;

    /// <summary>What a piece of work waits now, in microseconds: what the last probe waited or, when that is more, what the present one has been waiting for.</summary>
    public double Micros
    {
        get
        {
            var now = time.GetTimestamp();
            var (last, at) = (Volatile.Read(ref found), Volatile.Read(ref foundAt));
            var known = at != 0 && Micro(at, now) < CountsForMicros ? last : 0;
            if (Volatile.Read(ref state) == Standing)
            {
                return Math.Max(known, Micro(Volatile.Read(ref sent), now));
            }

            if (Micro(Volatile.Read(ref sent), now) >= EveryMicros && Interlocked.CompareExchange(ref state, Leaving, Home) == Home)
            {
                Volatile.Write(ref sent, now);
                Volatile.Write(ref state, Standing);
                queue(this);
            }

            return known;
        }
    }

    public void Execute()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref found, (long)Micro(Volatile.Read(ref sent), now));
        Volatile.Write(ref foundAt, now);
        Volatile.Write(ref state, Home);
    }

    private double Micro(long from, long to) => time.GetElapsedTime(from, to).TotalMicroseconds;
}

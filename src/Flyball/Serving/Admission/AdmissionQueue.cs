using Flyball.Serving.Degradation;

namespace Flyball.Serving.Admission;

/// <summary>
/// Lets a model's work in, a few pieces at a time.
/// <list type="number">
/// <item>So many pieces run at once as there are processors, or as the model's file says; what comes beyond waits in its priority's line.</item>
/// <item>What would wait for longer than is allowed, by what the waiting work is expected to cost, is refused at once: a queue that only makes everybody late helps nobody.
/// Work of lower priority that waits makes room first, the newest first.</item>
/// <item>A burst may wait for as long as is allowed. When work has been waiting for that long without a pause, it is no burst: from then on a piece may only
/// wait for about as long as it runs, so that whatever is let in is answered nearly as fast as ever (after Nichols and Jacobson, "Controlling queue delay", 2012).</item>
/// <item>A place that becomes free goes to the longest waiting of the highest priority whose time is not over.</item>
/// </list>
/// Thread-safe. Cost: a lock for some dozen nanoseconds.
/// </summary>
internal sealed class AdmissionQueue(int width, long longestWaitMicros, TimeProvider time)
{
    /// <summary>What a piece may wait under lasting overload when it costs less than half of that, in microseconds.</summary>
    private const double ShortWait = 5_000;

    private readonly Lock gate = new();
    private readonly LinkedList<Waiter>[] lines = [new(), new(), new()];
    private double waitingMicros;
    private int waiting;
    private int running;

    /// <summary>When last nothing waited.</summary>
    private long lastEmpty = time.GetTimestamp();

    public int Width => width;

    /// <summary>Pieces that run now.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Pieces that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting;
            }
        }
    }

    /// <summary>Whether a piece would be refused now. Says nothing of what would make room for it.</summary>
    /// <param name="expectedMicros">What the piece will cost.</param>
    public bool IsFullFor(Priority priority, double expectedMicros)
    {
        lock (gate)
        {
            return running >= width && waitingMicros > Allowed(priority, expectedMicros) && Lowest(priority) is null;
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <param name="expectedMicros">What the piece will cost.</param>
    public async ValueTask<AdmissionOutcome> EnterAsync(Priority priority, double expectedMicros, Deadline deadline, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (gate)
        {
            if (running < width)
            {
                running++;
                return AdmissionOutcome.Admitted;
            }

            if (!HasRoom(priority, expectedMicros))
            {
                return AdmissionOutcome.Refused;
            }

            waiter = new Waiter(expectedMicros, deadline);
            waiter.Node = lines[(int)priority].AddLast(waiter);
            waitingMicros += expectedMicros;
            waiting++;
        }

        await using var registration = cancellation.UnsafeRegister(static (state, _) => ((Leaving)state!).Leave(), new Leaving(this, waiter));
        return await waiter.Task;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        List<(Waiter Waiter, AdmissionOutcome Outcome)> told = [];
        lock (gate)
        {
            running--;
            while (running < width && Next() is { } next)
            {
                var late = next.Deadline.HasPassed(time);
                Take(next);
                told.Add((next, late ? AdmissionOutcome.Late : AdmissionOutcome.Admitted));
                running += late ? 0 : 1;
            }
        }

        foreach (var (waiter, outcome) in told)
        {
            waiter.TrySetResult(outcome);
        }
    }

    /// <summary>Whether one more may wait; lower priorities that wait are sent away to make room.</summary>
    private bool HasRoom(Priority priority, double expectedMicros)
    {
        var allowed = Allowed(priority, expectedMicros);
        while (waitingMicros > allowed && Lowest(priority) is { } victim)
        {
            Take(victim);
            victim.TrySetResult(AdmissionOutcome.Refused);
        }

        return waitingMicros <= allowed && priority != Priority.Batch;
    }

    /// <summary>How much work may wait before a piece. Shadows wait half as long as live work, and batches not at all: they are the first to go.</summary>
    private double Allowed(Priority priority, double expectedMicros)
    {
        if (waiting == 0)
        {
            lastEmpty = time.GetTimestamp();
        }

        var wait = time.GetElapsedTime(lastEmpty).TotalMicroseconds <= longestWaitMicros ? longestWaitMicros : Math.Min(longestWaitMicros, Math.Max(ShortWait, 2 * expectedMicros));
        return wait * width / (priority switch { Priority.Live => 1, Priority.Shadow => 2, _ => double.PositiveInfinity });
    }

    /// <summary>The newest of the lowest priority below one.</summary>
    private Waiter? Lowest(Priority above)
    {
        for (var p = lines.Length - 1; p > (int)above; p--)
        {
            if (lines[p].Last is { } last)
            {
                return last.Value;
            }
        }

        return null;
    }

    private Waiter? Next()
    {
        foreach (var line in lines)
        {
            if (line.First is { } first)
            {
                return first.Value;
            }
        }

        return null;
    }

    private void Take(Waiter waiter)
    {
        waiter.Node!.List!.Remove(waiter.Node);
        waiting--;
        lastEmpty = waiting == 0 ? time.GetTimestamp() : lastEmpty;
        waitingMicros = Math.Max(0, waitingMicros - waiter.ExpectedMicros);
    }

    private void Withdraw(Waiter waiter)
    {
        lock (gate)
        {
            if (waiter.Node?.List is null)
            {
                return;
            }

            Take(waiter);
        }

        waiter.TrySetCanceled();
    }

    private sealed class Waiter(double expectedMicros, Deadline deadline) : TaskCompletionSource<AdmissionOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public double ExpectedMicros => expectedMicros;

        public Deadline Deadline => deadline;

        public LinkedListNode<Waiter>? Node { get; set; }
    }

    private sealed class Leaving(AdmissionQueue queue, Waiter waiter)
    {
        public void Leave() => queue.Withdraw(waiter);
    }
}

/// <summary>What came of asking for a place.</summary>
internal enum AdmissionOutcome
{
    /// <summary>There is one, to be given back.</summary>
    Admitted,

    /// <summary>There is more work than can be done in time.</summary>
    Refused,

    /// <summary>The request's own time was over before a place was free.</summary>
    Late,
}

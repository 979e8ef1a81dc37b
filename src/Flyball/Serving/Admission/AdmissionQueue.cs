using Flyball.Serving.Degradation;

namespace Flyball.Serving.Admission;

/// <summary>
/// Lets a model's work in, a few pieces at a time.
/// <list type="number">
/// <item>So many pieces run at once as there are processors, or as the model's file says; what comes beyond waits in its priority's line.</item>
/// <item>What would wait for longer than is allowed, by what the waiting work is expected to cost and by what it has waited already before anybody looked at it, is
/// refused at once: a queue that only makes everybody late helps nobody. Work of lower priority that waits makes room first, the newest first.</item>
/// <item>A burst may wait for as long as is allowed. When work has been waiting for that long, it is no burst (<see cref="BurstBudget"/>): from then on a piece may
/// only wait for about as long as two of its kind run, so that whatever is let in is answered nearly as fast as ever.</item>
/// <item>A place that becomes free goes to the longest waiting of the highest priority whose time is not over.</item>
/// <item>While there is no pressure a piece runs on the thread that brought it. Under pressure (something waits, was refused, or waited long for a thread, a moment
/// ago) it goes on elsewhere, so that it does not stand behind requests that are to be refused, nor they behind it.</item>
/// </list>
/// Thread-safe. Cost: a lock for some dozen nanoseconds.
/// </summary>
/// <param name="width">Pieces that run at once.</param>
/// <param name="longestWaitMicros">What live work may wait at most.</param>
/// <param name="time">The clock.</param>
/// <param name="run">Has a piece that was let in go on, on a thread for such work.</param>
/// <param name="spent">Microseconds that work has waited when it comes here.</param>
internal sealed class AdmissionQueue(int width, long longestWaitMicros, TimeProvider time, Action<IThreadPoolWorkItem> run, Func<double> spent)
{
    /// <summary>What a piece may wait under lasting overload when it costs less than half of that, in microseconds.</summary>
    private const double ShortWait = 2_000;

    /// <summary>So long a wait for a thread is pressure, in microseconds.</summary>
    private const double Behind = 1_000;

    /// <summary>For how long there is pressure after the last sign of it.</summary>
    private static readonly TimeSpan Calming = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly LinkedList<WaitingWork>[] lines = [new(), new(), new()];
    private readonly BurstBudget burst = new(longestWaitMicros, time);
    private double waitingMicros;
    private int waiting;
    private int running;
    private long pressedAt;
    private bool wasPressed;

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
            var isFull = running >= width && waitingMicros > Allowed(priority, expectedMicros) && Lowest(priority) is null;
            if (isFull)
            {
                Press();
                burst.NoteRefused();
            }

            return isFull;
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <param name="expectedMicros">What the piece will cost.</param>
    public Admittance EnterAsync(Priority priority, double expectedMicros, Deadline deadline, CancellationToken cancellation)
    {
        WaitingWork piece;
        lock (gate)
        {
            if (running < width)
            {
                running++;
                return new Admittance(AdmissionOutcome.Admitted, IsPressed() ? WaitingWork.LetIn(expectedMicros, deadline, run) : null);
            }

            Press();
            if (!HasRoom(priority, expectedMicros))
            {
                burst.NoteRefused();
                return new Admittance(AdmissionOutcome.Refused);
            }

            burst.Left(waiting > 0);
            piece = new WaitingWork(expectedMicros, deadline, run);
            piece.Node = lines[(int)priority].AddLast(piece);
            waitingMicros += expectedMicros;
            waiting++;
        }

        // It may have been let in meanwhile: then there is nothing to withdraw.
        piece.Giving = cancellation.UnsafeRegister(static (state, _) => ((Leaving)state!).Leave(), new Leaving(this, piece));
        return new Admittance(AdmissionOutcome.Admitted, piece);
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        List<WaitingWork>? late = null;
        WaitingWork? admitted = null;
        lock (gate)
        {
            running--;
            while (admitted is null && Next() is { } next)
            {
                Take(next);
                if (next.Deadline.HasPassed(time))
                {
                    (late ??= []).Add(next.With(AdmissionOutcome.Late));
                }
                else
                {
                    admitted = next.With(AdmissionOutcome.Admitted);
                    running++;
                }
            }
        }

        if (admitted is not null)
        {
            run(admitted);
        }

        late?.ForEach(Tell);
    }

    /// <summary>Has a piece that was not let in hear of it, on a thread of the process's: whoever gives a place back has other things to do.</summary>
    private static void Tell(WaitingWork piece) => ThreadPool.UnsafeQueueUserWorkItem(piece, preferLocal: false);

    /// <summary>Whether one more may wait; lower priorities that wait are sent away to make room.</summary>
    private bool HasRoom(Priority priority, double expectedMicros)
    {
        var allowed = Allowed(priority, expectedMicros);
        while (waitingMicros > allowed && Lowest(priority) is { } victim)
        {
            Take(victim);
            Tell(victim.With(AdmissionOutcome.Refused));
        }

        return waitingMicros <= allowed && priority != Priority.Batch;
    }

    /// <summary>How much work may wait before a piece. Shadows wait half as long as live work, and batches not at all: they are the first to go.</summary>
    private double Allowed(Priority priority, double expectedMicros)
    {
        var wait = Math.Min(longestWaitMicros, Math.Max(ShortWait, 2 * expectedMicros) + burst.Left(waiting > 0)) - spent();
        return wait * width / (priority switch { Priority.Live => 1, Priority.Shadow => 2, _ => double.PositiveInfinity });
    }

    private bool IsPressed()
    {
        if (spent() >= Behind)
        {
            Press();
        }

        return wasPressed && time.GetElapsedTime(pressedAt) < Calming;
    }

    private void Press() => (wasPressed, pressedAt) = (true, time.GetTimestamp());

    /// <summary>The newest of the lowest priority below one.</summary>
    private WaitingWork? Lowest(Priority above)
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

    private WaitingWork? Next()
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

    private void Take(WaitingWork piece)
    {
        burst.Left(waits: true);
        piece.Node!.List!.Remove(piece.Node);
        waiting--;
        waitingMicros = waiting == 0 ? 0 : Math.Max(0, waitingMicros - piece.ExpectedMicros);
    }

    private void Withdraw(WaitingWork piece)
    {
        lock (gate)
        {
            if (piece.Node?.List is null)
            {
                return;
            }

            Take(piece);
        }

        Tell(piece.Withdrawn());
    }

    private sealed class Leaving(AdmissionQueue queue, WaitingWork piece)
    {
        public void Leave() => queue.Withdraw(piece);
    }
}

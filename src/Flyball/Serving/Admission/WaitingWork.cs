using Flyball.Serving.Degradation;

namespace Flyball.Serving.Admission;

/// <summary>
/// A piece of work that is not let in on the spot. Once it is told what came of it, whoever waits for it goes on on the thread that tells: for work that was let in
/// a thread for such work. What is told before anybody waits is handed to such a thread when somebody does, so that no race brings work back to the thread that
/// asked.
/// </summary>
/// <param name="run">Has work that was let in go on.</param>
internal sealed class WaitingWork(double expectedMicros, Deadline deadline, Action<IThreadPoolWorkItem> run) : IThreadPoolWorkItem
{
    private static readonly Action Told = static () => { };

    /// <summary>Null: not told, and nobody waits. <see cref="Told"/>: told, and nobody waits. Else what goes on.</summary>
    private Action? next;
    private AdmissionOutcome outcome;
    private bool isWithdrawn;

    public double ExpectedMicros => expectedMicros;

    public Deadline Deadline => deadline;

    /// <summary>Where it stands in its line; null while it stands in none.</summary>
    public LinkedListNode<WaitingWork>? Node { get; set; }

    /// <summary>Withdraws it when whoever waits gives up.</summary>
    public CancellationTokenRegistration Giving { get; set; }

    /// <summary>A piece that is let in, and is to go on on another thread.</summary>
    public static WaitingWork LetIn(double expectedMicros, Deadline deadline, Action<IThreadPoolWorkItem> run) => new(expectedMicros, deadline, run) { next = Told };

    /// <summary>What it will be told by <see cref="Execute"/>.</summary>
    public WaitingWork With(AdmissionOutcome what)
    {
        outcome = what;
        return this;
    }

    public WaitingWork Withdrawn()
    {
        isWithdrawn = true;
        return this;
    }

    /// <summary>Goes on with the work, on this thread.</summary>
    public void Execute() => Interlocked.CompareExchange(ref next, Told, null)?.Invoke();

    /// <summary>Says what goes on when it is told.</summary>
    public void OnTold(Action continuation)
    {
        if (Interlocked.CompareExchange(ref next, continuation, null) is null)
        {
            return;
        }

        Volatile.Write(ref next, continuation);
        if (outcome == AdmissionOutcome.Admitted && !isWithdrawn)
        {
            run(this);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>What it was told.</summary>
    /// <exception cref="OperationCanceledException">Whoever waited gave up.</exception>
    public AdmissionOutcome Outcome()
    {
        Giving.Unregister();
        return isWithdrawn ? throw new OperationCanceledException(Giving.Token) : outcome;
    }
}

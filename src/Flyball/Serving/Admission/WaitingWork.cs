using Flyball.Serving.Degradation;

namespace Flyball.Serving.Admission;

/// <summary>A piece of work that waits to be let in. Whoever executes it goes on with it on the same thread.</summary>
internal sealed class WaitingWork(double expectedMicros, Deadline deadline) : TaskCompletionSource<AdmissionOutcome>, IThreadPoolWorkItem
{
    private AdmissionOutcome outcome;
    private bool isWithdrawn;

    public double ExpectedMicros => expectedMicros;

    public Deadline Deadline => deadline;

    /// <summary>Where it stands in its line; null while it stands in none.</summary>
    public LinkedListNode<WaitingWork>? Node { get; set; }

    public WaitingWork Told(AdmissionOutcome what)
    {
        outcome = what;
        return this;
    }

    public WaitingWork Withdrawn()
    {
        isWithdrawn = true;
        return this;
    }

    public void Execute()
    {
        if (isWithdrawn)
        {
            TrySetCanceled();
        }
        else
        {
            TrySetResult(outcome);
        }
    }
}

using System.Runtime.CompilerServices;

namespace Flyball.Serving.Admission;

/// <summary>
/// What comes of asking for a place, to be awaited once. Whoever awaits it itself, and not by way of a task, goes on where the work belongs: a task between would
/// go on wherever it is looked at first.
/// </summary>
internal readonly struct Admittance(AdmissionOutcome outcome, WaitingWork? piece = null) : ICriticalNotifyCompletion
{
    public bool IsCompleted => piece is null;

    public Admittance GetAwaiter() => this;

    public AdmissionOutcome GetResult() => piece?.Outcome() ?? outcome;

    public void OnCompleted(Action continuation) => piece!.OnTold(continuation);

    public void UnsafeOnCompleted(Action continuation) => piece!.OnTold(continuation);
}

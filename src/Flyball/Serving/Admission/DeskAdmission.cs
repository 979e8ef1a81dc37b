using System.Runtime.CompilerServices;

namespace Flyball.Serving.Admission;

/// <summary>
/// A request that asks to be let in, to be awaited once and by whoever goes on with it: under pressure the awaiting method, and not one that awaits it, goes on on a
/// thread for work that was let in.
/// </summary>
public readonly struct DeskAdmission : ICriticalNotifyCompletion
{
    private readonly Admittance admission;
    private readonly ModelDoor door;
    private readonly string model;
    private readonly Priority priority;
    private readonly bool hasPlace;
    private readonly long asked;

    /// <summary>Without a place: it costs too little for one.</summary>
    internal DeskAdmission(ModelDoor door, string model) => (this.door, this.model) = (door, model);

    internal DeskAdmission(ModelDoor door, string model, Priority priority, Admittance admission) =>
        (this.door, this.model, this.priority, this.admission, hasPlace, asked) = (door, model, priority, admission, true, door.Now);

    /// <summary>Whether what came of it is known.</summary>
    public bool IsCompleted => admission.IsCompleted;

    /// <summary>For <c>await</c>.</summary>
    public DeskAdmission GetAwaiter() => this;

    /// <summary>What came of it.</summary>
    /// <exception cref="OperationCanceledException">Whoever asked has gone.</exception>
    public DeskEntry GetResult()
    {
        var outcome = admission.GetResult();
        if (outcome == AdmissionOutcome.Admitted)
        {
            var entry = new DeskEntry(door, hasPlace);
            return hasPlace ? entry with { Queued = entry.Begun - asked } : entry;
        }

        ServingMeters.Shed(model, priority, outcome);
        return new DeskEntry(outcome == AdmissionOutcome.Late ? Predictor.TooLate : OverloadAnswer.Problem);
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => admission.OnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => admission.UnsafeOnCompleted(continuation);
}

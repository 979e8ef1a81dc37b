using Flyball.Serving.Admission;
using Flyball.Serving.Degradation;

namespace Flyball.Serving;

/// <summary>What goes with a request beside its row.</summary>
/// <param name="Route">By which way it came.</param>
/// <param name="Started">When, on the clock of <see cref="TimeProvider.GetTimestamp"/>: the model's own time limit counts from there.</param>
/// <param name="Caller">Who asks, as the prediction log names it.</param>
/// <param name="TimeoutMicros">The caller's own limit in microseconds; the shorter of it and the model's holds.</param>
/// <param name="Priority">What goes first when there is too much work.</param>
/// <param name="Bytes">Length of the body that the rows were read from; null when it is not known.</param>
public readonly record struct PredictionTerms(
    PredictionRoute Route, long Started, string? Caller = null, long? TimeoutMicros = null, Priority Priority = Priority.Live, long? Bytes = null)
{
    internal Deadline DeadlineUnder(ServeDefinition serve, TimeProvider time) =>
        Deadline.After(time, Started, TimeoutMicros is { } own && serve.TimeoutMicros is { } models ? Math.Min(own, models) : TimeoutMicros ?? serve.TimeoutMicros);
}

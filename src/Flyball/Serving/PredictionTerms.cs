using System.Globalization;
using Flyball.Engine.Time;
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
    /// <summary>
    /// Names the predictions of work that may be done twice and counts once: of several rows each has its number behind it. Null lets the server name them.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>The position of the event log that features are read at; null for as far as it has been applied.</summary>
    public Horizon? AsOf { get; init; }

    /// <summary>What a row's prediction is called; null when the server names it.</summary>
    internal string? NameOf(int row, int rows) => Name is null || rows == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}-{row}");

    /// <summary>The model's own limit is for somebody who waits: work of the batch class has none but its caller's.</summary>
    internal Deadline DeadlineUnder(ServeDefinition serve, TimeProvider time) => Priority == Priority.Batch
        ? Deadline.After(time, Started, TimeoutMicros)
        : Deadline.After(time, Started, TimeoutMicros is { } own && serve.TimeoutMicros is { } models ? Math.Min(own, models) : TimeoutMicros ?? serve.TimeoutMicros);
}

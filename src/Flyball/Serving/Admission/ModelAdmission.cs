using System.Collections.Concurrent;
using Flyball.Serving.Degradation;

namespace Flyball.Serving.Admission;

/// <summary>
/// Each model's door. Work that costs less than handing it over is done where it stands; the rest goes through the model's queue, so that
/// one model's flood is no other's, and the threads that accept requests are free to refuse them.
/// </summary>
public sealed class ModelAdmission(TimeProvider time)
{
    /// <summary>What costs less, in microseconds, is not worth a place in a queue: handing it to another thread costs a tenth of it.</summary>
    private const double WorthAPlace = 250;

    /// <summary>How long live work waits at most when the model's file says nothing, in microseconds.</summary>
    private const long LongestWait = 100_000;

    private readonly ConcurrentDictionary<string, Door> doors = new(StringComparer.Ordinal);

    /// <summary>Work of a model that runs or waits now.</summary>
    public (int Running, int Waiting) LoadOf(string model) => doors.TryGetValue(model, out var door) ? (door.Queue.Running, door.Queue.Waiting) : default;

    /// <summary>Does a piece of work when there is a place for it.</summary>
    /// <param name="rows">How much it is.</param>
    internal async ValueTask<(AdmissionOutcome Outcome, T? Result)> RunAsync<T>(
        string model, ServeDefinition serve, Priority priority, int rows, Deadline deadline, Func<T> work, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(work);
        var door = DoorOf(model, serve);
        var expected = door.Cost.Of(rows);
        if (expected < WorthAPlace && priority == Priority.Live)
        {
            return (AdmissionOutcome.Admitted, door.Do(rows, work, time));
        }

        var outcome = await door.Queue.EnterAsync(priority, expected, deadline, cancellation);
        if (outcome != AdmissionOutcome.Admitted)
        {
            ServingMeters.Shed(model, priority, outcome);
            return (outcome, default);
        }

        try
        {
            return (outcome, door.Do(rows, work, time));
        }
        finally
        {
            door.Queue.Leave();
        }
    }

    private Door DoorOf(string model, ServeDefinition serve)
    {
        if (doors.TryGetValue(model, out var door) && ReferenceEquals(door.Serve, serve))
        {
            return door;
        }

        return doors.AddOrUpdate(
            model,
            static (_, s) => s.Made(),
            static (_, old, s) => ReferenceEquals(old.Serve, s.Serve) ? old : s.Made(),
            new DoorMaker(serve, time));
    }

    private readonly record struct DoorMaker(ServeDefinition Serve, TimeProvider Time)
    {
        public Door Made() => new(Serve, new AdmissionQueue(Serve.Concurrency ?? Environment.ProcessorCount, Serve.QueueMicros ?? LongestWait, Time));
    }

    private sealed record Door(ServeDefinition Serve, AdmissionQueue Queue)
    {
        public WorkCost Cost { get; } = new();

        public T Do<T>(int rows, Func<T> work, TimeProvider time)
        {
            var started = time.GetTimestamp();
            var result = work();
            Cost.Note(rows, time.GetElapsedTime(started).TotalMicroseconds);
            return result;
        }
    }
}

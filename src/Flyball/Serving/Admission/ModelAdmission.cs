using System.Collections.Concurrent;

namespace Flyball.Serving.Admission;

/// <summary>Each model's door: one model's flood is no other's.</summary>
public sealed class ModelAdmission(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ModelDoor> doors = new(StringComparer.Ordinal);

    /// <summary>The door of a model. Cost: one look-up.</summary>
    internal ModelDoor DoorOf(string model, ServeDefinition serve)
    {
        if (doors.TryGetValue(model, out var door) && ReferenceEquals(door.Serve, serve))
        {
            return door;
        }

        return doors.AddOrUpdate(
            model,
            static (_, s) => new ModelDoor(s.Serve, s.Time, static () => ThreadPool.PendingWorkItemCount),
            static (_, old, s) => ReferenceEquals(old.Serve, s.Serve) ? old : new ModelDoor(s.Serve, s.Time, static () => ThreadPool.PendingWorkItemCount),
            (Serve: serve, Time: time));
    }
}

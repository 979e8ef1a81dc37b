using System.Collections.Concurrent;

namespace Flyball.Serving.Admission;

/// <summary>Each model's door: one model's flood is no other's.</summary>
public sealed class ModelAdmission(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ModelDoor> doors = new(StringComparer.Ordinal);
    private readonly PoolDelay delay = new(time, static probe => ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: false));

    /// <summary>The door of a model. Cost: one look-up.</summary>
    internal ModelDoor DoorOf(string model, ServeDefinition serve)
    {
        if (doors.TryGetValue(model, out var door) && ReferenceEquals(door.Serve, serve))
        {
            return door;
        }

        return doors.AddOrUpdate(
            model,
            static (name, s) => s.Owner.Open(name, s.Serve),
            static (name, old, s) => ReferenceEquals(old.Serve, s.Serve) ? old : s.Owner.Open(name, s.Serve),
            (Owner: this, Serve: serve));
    }

    private ModelDoor Open(string model, ServeDefinition serve) => new(model, serve, time, delay);
}

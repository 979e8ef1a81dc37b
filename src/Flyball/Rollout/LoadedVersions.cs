using System.Collections.Concurrent;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Serving;

namespace Flyball.Rollout;

/// <summary>
/// The versions that are loaded and warm, each once. State. A version that no traffic plan names any more stays loaded for a grace
/// period, far longer than any request lasts, and is released then: requests that chose it finish on it.
/// Not thread-safe: its owner makes one change at a time.
/// </summary>
/// <param name="load">Loads and warms a version; throws what is wrong with it.</param>
/// <param name="release">Gives back what a loaded version holds.</param>
public sealed class LoadedVersions(Func<ModelVersion, CancellationToken, Task<ServedVersion>> load, Action<ServedVersion> release, TimeProvider time)
{
    /// <summary>How long a version outlives the last plan that named it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>Keeps the place of a version that cannot be loaded, with the reason; null when it cannot even be told what its requests look like.</summary>
    public Func<ModelVersion, Problem, ServedVersion?> StandIn { get; init; } = static (_, _) => null;

    private readonly Dictionary<(string Model, int Version), Entry> loaded = [];

    /// <summary>How many versions are loaded.</summary>
    public int Count => loaded.Count;

    /// <exception cref="Flyball.Engine.Problems.FlyballException">The version is damaged or does not fit the project's definitions.</exception>
    public async Task<ServedVersion> GetAsync(ModelVersion version, CancellationToken cancellation)
    {
        var key = (version.Model, version.Version);
        if (!loaded.TryGetValue(key, out var entry))
        {
            loaded[key] = entry = new Entry(await load(version, cancellation), time.GetTimestamp());
        }

        return entry.Version;
    }

    /// <summary>Loads versions side by side. One that cannot be loaded says why when it is asked for.</summary>
    public async Task PreloadAsync(IEnumerable<ModelVersion> versions, CancellationToken cancellation)
    {
        var made = new ConcurrentDictionary<(string Model, int Version), Entry>();
        await Parallel.ForEachAsync(versions.DistinctBy(v => (v.Model, v.Version)).Where(v => !loaded.ContainsKey((v.Model, v.Version))), cancellation, async (version, stop) =>
        {
            try
            {
                made[(version.Model, version.Version)] = new Entry(await load(version, stop), time.GetTimestamp());
            }
            catch (FlyballException)
            {
                // Asked for, it is tried again, and its reason is told there.
            }
        });
        foreach (var (key, entry) in made)
        {
            loaded[key] = entry;
        }
    }

    /// <summary>Notes which versions are in use, and releases those that have not been for the grace period.</summary>
    public void Release(IEnumerable<TrafficPlan> inForce)
    {
        var used = new HashSet<ServedVersion>(ReferenceEqualityComparer.Instance);
        foreach (var plan in inForce)
        {
            used.Add(plan.Champion);
            if (plan.Previous is { } previous)
            {
                used.Add(previous);
            }

            if (plan.Canary is { } canary)
            {
                used.Add(canary.Version);
            }
        }

        foreach (var (key, entry) in loaded.ToList())
        {
            if (used.Contains(entry.Version))
            {
                loaded[key] = entry with { LastUsed = time.GetTimestamp() };
            }
            else if (time.GetElapsedTime(entry.LastUsed) > Grace)
            {
                loaded.Remove(key);
                release(entry.Version);
            }
        }
    }

    private sealed record Entry(ServedVersion Version, long LastUsed);
}

using System.Collections.Concurrent;

namespace Flyball.Serving;

/// <summary>
/// What each version did since this process started, as serving protocols tell it: requests, rows, calls of the model, and what they took. Thread-safe; bounded by the
/// versions that were ever in force.
/// </summary>
public sealed class ServingStatistics(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Model, int Version), VersionStatistics> versions = [];

    /// <summary>The figures of one version so far; zeros for one that did nothing.</summary>
    public VersionFigures FiguresOf(string model, int version) =>
        versions.TryGetValue((model, version), out var found) ? found.Read() : VersionFigures.None;

    /// <summary>Where one version is counted.</summary>
    internal VersionStatistics Of(string model, int version) =>
        versions.TryGetValue((model, version), out var found) ? found : versions.GetOrAdd((model, version), static (_, clock) => new VersionStatistics(clock), time);
}

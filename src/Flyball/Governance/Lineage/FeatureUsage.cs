using System.Collections.Concurrent;
using System.Collections.Frozen;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Serving;

namespace Flyball.Governance.Lineage;

/// <summary>Counts predictions by feature: those of every version times the features of its bundle. A bundle is read once. Thread-safe.</summary>
internal sealed class FeatureUsage(ModelRegistry registry, ServedCounts counts)
{
    private readonly ConcurrentDictionary<Digest, FrozenSet<string>> names = new();

    /// <summary>By feature; one that no version has is not there.</summary>
    public IReadOnlyDictionary<string, FeatureUse> All(CancellationToken cancellation)
    {
        var uses = new Dictionary<string, FeatureUse>(StringComparer.Ordinal);
        foreach (var version in registry.Models().SelectMany(registry.Versions))
        {
            var count = counts.Of(version.Model, version.Digest, cancellation);
            var last = count?.Last.ToString();
            foreach (var feature in names.GetOrAdd(version.Digest, NamesOf))
            {
                var before = uses.GetValueOrDefault(feature) ?? new FeatureUse(0, null);
                uses[feature] = new FeatureUse(before.Served + (count?.Predictions ?? 0), string.CompareOrdinal(last, before.LastServed) > 0 ? last : before.LastServed);
            }
        }

        return uses;
    }

    /// <summary>How often a version answered.</summary>
    public ServedCount? Of(string model, Digest digest, CancellationToken cancellation) => counts.Of(model, digest, cancellation);

    private FrozenSet<string> NamesOf(Digest digest)
    {
        try
        {
            return registry.ReadBundle(digest).Manifest.Features.Select(f => f.Name).ToFrozenSet(StringComparer.Ordinal);
        }
        catch (FlyballException)
        {
            // A damaged bundle counts nothing; whoever loads it says so.
            return [];
        }
    }
}

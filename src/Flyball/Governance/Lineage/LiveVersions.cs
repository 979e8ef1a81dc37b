using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Rollout;

namespace Flyball.Governance.Lineage;

/// <summary>The versions that answer requests, from the catalog. Cost: reads their bundles.</summary>
internal sealed class LiveVersions(ModelRegistry registry, RolloutStore rollouts)
{
    /// <summary>By model; the champion first, then the canary, then the one before.</summary>
    public IReadOnlyList<LiveVersion> All() => [.. registry.Models().SelectMany(Of)];

    public IReadOnlyList<LiveVersion> Of(string model)
    {
        var found = new List<LiveVersion>();
        Add(registry.Champion(model), "champion");
        Add(rollouts.ActiveOf(model) is { } run ? registry.Version(model, run.Version) : null, "canary");
        Add(registry.Previous(model), "previous");
        return found;

        void Add(ModelVersion? version, string role)
        {
            if (version is not null && found.TrueForAll(f => f.Version != version.Version) && Read(version, role) is { } read)
            {
                found.Add(read);
            }
        }
    }

    /// <summary>Any version by its digest, in service or not; null when there is none.</summary>
    public LiveVersion? Named(string model, Digest digest) =>
        registry.Versions(model).FirstOrDefault(v => v.Digest == digest) is { } version ? Read(version, "") : null;

    /// <summary>Null for a damaged bundle, which is served neither before nor after a change; the start says so.</summary>
    private LiveVersion? Read(ModelVersion version, string role)
    {
        try
        {
            return new LiveVersion(version.Model, version.Version, version.Digest, role, version.RunId, registry.ReadBundle(version.Digest).Manifest);
        }
        catch (FlyballException)
        {
            return null;
        }
    }
}

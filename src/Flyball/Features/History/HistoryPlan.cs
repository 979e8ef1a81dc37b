using Flyball.Contracts;
using Flyball.Engine.Windows;
using Flyball.Storage.Lakes;

namespace Flyball.Features.History;

/// <summary>What a run computes, compiled. Immutable.</summary>
/// <param name="Lanes">In the order of their entities; the first one parts the spine into buckets.</param>
/// <param name="Shape">The columns that the result adds.</param>
/// <param name="Visibility">Which knowledge counts.</param>
/// <param name="Tables">The snapshots of the sources, whose horizon is the run's.</param>
internal sealed record HistoryPlan(IReadOnlyList<HistoryLane> Lanes, IHistoryShape Shape, Visibility Visibility, IReadOnlyList<LakeManifest> Tables)
{
    /// <summary>The entities of this run.</summary>
    public EntityBucket Bucket { get; init; } = EntityBucket.Whole;

    /// <summary>Takes a result without any known event for the truth.</summary>
    public bool AllowsEmpty { get; init; }

    public LakeManifest TableOf(ContractPlan source) => Tables.First(t => t.Table == source.Source);
}

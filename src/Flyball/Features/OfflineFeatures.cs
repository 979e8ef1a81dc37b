using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features;

/// <summary>
/// The folded events of entities, loaded for one training set or one replay. Not thread-safe while rows are added;
/// afterwards any number of readers may evaluate.
/// </summary>
public sealed class OfflineFeatures : IFeatureState
{
    private readonly Dictionary<Value, EntityTimeline>[] timelines;

    /// <param name="plans">The views whose ordinals index the state.</param>
    public OfflineFeatures(FeaturePlans plans) =>
        timelines = [.. plans.EntityViews.Select(_ => new Dictionary<Value, EntityTimeline>())];

    public void Add(EntityFeatureView view, RowStamp stamp, RowIdentity identity, ReadOnlySpan<Value> row)
    {
        var key = row[view.EntityIndex];
        if (key.IsNull)
        {
            return;
        }

        if (!timelines[view.Ordinal].TryGetValue(key, out var timeline))
        {
            timeline = view.Plan.NewTimeline();
            timelines[view.Ordinal].Add(key, timeline);
        }

        view.Plan.Append(timeline, stamp, identity, row);
    }

    public bool Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> statuses = default) =>
        view.Plan.Evaluate(key.IsNull ? null : timelines[view.Ordinal].GetValueOrDefault(key), t, horizon, into, statuses);
}

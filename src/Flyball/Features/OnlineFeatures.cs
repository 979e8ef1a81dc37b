using System.Collections.Concurrent;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features;

/// <summary>
/// The folded events of every entity, in memory. Fed by the event log in its order, by its one writer; read by any number of
/// requests. A timeline is locked for the length of one append or one evaluation.
/// </summary>
public sealed class OnlineFeatures : IFeatureState
{
    private readonly FeaturePlans plans;
    private readonly ConcurrentDictionary<Value, EntityTimeline>[] timelines;
    private readonly Dictionary<string, EntityFeatureView[]> viewsBySource;

    public OnlineFeatures(FeaturePlans plans)
    {
        this.plans = plans;
        timelines = [.. plans.EntityViews.Select(_ => new ConcurrentDictionary<Value, EntityTimeline>())];
        viewsBySource = plans.EntityViews.GroupBy(v => v.Source.Source, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    public FeaturePlans Plans => plans;

    /// <summary>The sources whose rows are folded; others need not be given.</summary>
    public IReadOnlyCollection<string> Sources => viewsBySource.Keys;

    /// <summary>Entities with at least one event, over all views.</summary>
    public long Entities => timelines.Sum(t => (long)t.Count);

    /// <summary>Takes one event into every view of its source. A row whose entity is null belongs to nobody and is left out.</summary>
    public void Apply(EventRow row)
    {
        if (!viewsBySource.TryGetValue(row.Plan.Source, out var views))
        {
            return;
        }

        foreach (var view in views)
        {
            var key = row.Row[view.EntityIndex];
            if (key.IsNull)
            {
                continue;
            }

            var timeline = timelines[view.Ordinal].GetOrAdd(key, static (_, v) => v.Plan.NewTimeline(), view);
            lock (timeline)
            {
                view.Plan.Append(timeline, row.Stamp, row.Identity, row.Row);
            }
        }
    }

    public void Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into)
    {
        if (key.IsNull || !timelines[view.Ordinal].TryGetValue(key, out var timeline))
        {
            view.Plan.Evaluate(null, t, horizon, into);
            return;
        }

        lock (timeline)
        {
            view.Plan.Evaluate(timeline, t, horizon, into);
        }
    }

    /// <summary>Whether any event of the entity was ever seen.</summary>
    public bool Knows(EntityFeatureView view, in Value key) => timelines[view.Ordinal].ContainsKey(key);
}

using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features.Online;

namespace Flyball.Features;

/// <summary>
/// The folded events of every entity, in memory. Fed by the event log in its order, by its one writer; read by any number of
/// requests. A timeline is locked for the length of one append or one evaluation.
/// </summary>
/// <remarks>
/// Memory is bounded where a source's contract states its retention: rows older than the longer of the retention and the view's longest window are let go,
/// measured from the newest event or from now, whichever is earlier. <see cref="EntityTimeline"/> says what a row costs.
/// </remarks>
public sealed class OnlineFeatures : IFeatureState
{
    private const string Retention = "retention";
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>Trimming looks at every entity, so it waits until this share of what is kept has passed.</summary>
    private const int TrimShare = 32;

    /// <summary>
    /// How long an evaluation waits for the entity's timeline. An append or another evaluation holds it for microseconds, the first one over a hundred thousand
    /// rows for some milliseconds, and on a busy machine its thread may have to wait for a processor meanwhile.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly FeaturePlans plans;
    private readonly OnlineView[] views;
    private readonly Dictionary<string, OnlineView[]> viewsBySource;

    public OnlineFeatures(FeaturePlans plans)
    {
        this.plans = plans;
        views = [.. plans.EntityViews.Select(v => new OnlineView(v))];
        viewsBySource = views.GroupBy(v => v.View.Source.Source, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    public FeaturePlans Plans => plans;

    /// <summary>The sources whose rows are folded; others need not be given.</summary>
    public IReadOnlyCollection<string> Sources => viewsBySource.Keys;

    /// <summary>Entities with at least one event, over all views.</summary>
    public long Entities => views.Sum(v => v.Usage.Entities);

    /// <summary>Subscribes every view to its source, with what it keeps in a snapshot.</summary>
    public void SubscribeTo(EventLog events)
    {
        foreach (var view in views)
        {
            events.Subscribe(view.Apply, [view.View.Source.Source], view);
        }
    }

    /// <summary>Takes one event into every view of its source. A row whose entity is null belongs to nobody and is left out.</summary>
    public void Apply(EventRow row)
    {
        if (viewsBySource.TryGetValue(row.Plan.Source, out var fed))
        {
            foreach (var view in fed)
            {
                view.Apply(row);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="FeaturesBusyException">The entity's timeline was held for longer than <see cref="LongestWait"/>.</exception>
    public bool Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> statuses = default) =>
        views[view.Ordinal].Evaluate(key, t, horizon, into, statuses, LongestWait);

    /// <summary>The same for whoever has less time than <see cref="LongestWait"/>.</summary>
    /// <param name="wait">How long at most to wait for the entity's timeline.</param>
    /// <exception cref="FeaturesBusyException">The entity's timeline was held for longer.</exception>
    internal bool Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> statuses, TimeSpan wait) =>
        views[view.Ordinal].Evaluate(key, t, horizon, into, statuses, wait);

    /// <summary>The event time of an entity's last row that is visible at an instant; null when there is none.</summary>
    public EventTime? LastEvent(EntityFeatureView view, in Value key, EventTime t, Horizon horizon) => views[view.Ordinal].LastEvent(key, t, horizon);

    /// <summary>What is locked for an entity, for tests of what happens when it stays so.</summary>
    internal object? GateOf(EntityFeatureView view, in Value key) => views[view.Ordinal].GateOf(key);

    /// <summary>Whether any event of the entity is kept.</summary>
    public bool Knows(EntityFeatureView view, in Value key) => views[view.Ordinal].Knows(key);

    /// <summary>What a view holds in memory.</summary>
    public OnlineUsage UsageOf(EntityFeatureView view) => views[view.Ordinal].Usage;

    /// <summary>Nothing before it is kept of a view; null when all is.</summary>
    public EventTime? FloorOf(EntityFeatureView view) => views[view.Ordinal].Floor is var floor && floor.Micros == long.MinValue ? null : floor;

    /// <summary>The earliest instant that a view answers for; null when it answers for any.</summary>
    public EventTime? EarliestOf(EntityFeatureView view) => FloorOf(view) is { } floor ? new(floor.Micros + view.Plan.LongestWindowMicros) : null;

    /// <summary>
    /// How much of a view is kept behind its newest event, in microseconds; null when its contract states no retention and all is. A day more than the
    /// longest window, so that a request which is late by less than that finds all it needs.
    /// </summary>
    public static long? KeptMicros(EntityFeatureView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var stated = view.Source.ServiceLevels.Where(l => string.Equals(l.Property, Retention, StringComparison.Ordinal)).Select(l => l.Micros).ToList();
        return stated.Count == 0 ? null : Math.Max(stated.Min(), view.Plan.LongestWindowMicros + MicrosPerDay);
    }

    /// <summary>Lets go of rows that are older than their contract's retention and than any window reaches. Cost: looks at every entity, when it is time for it.</summary>
    public void Trim(EventTime now)
    {
        foreach (var view in views)
        {
            if (KeptMicros(view.View) is not { } kept || view.Newest is not { } newest)
            {
                continue;
            }

            // An event from the future must not push the present out, nor does a source that fell silent lose its last events.
            var floor = Math.Min(now.Micros, newest.Micros) - kept;
            if (floor - (kept / TrimShare) >= view.Floor.Micros || view.Floor.Micros == long.MinValue)
            {
                view.Trim(new EventTime(floor));
            }
        }
    }
}

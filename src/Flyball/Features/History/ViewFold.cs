using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>Folds the rows of one entity into all views of a lane, by the same plans as everything else, and evaluates them.</summary>
internal sealed class ViewFold : ILaneFold
{
    private readonly EntityFeatureView[] views;
    private readonly EntityTimeline[] timelines;
    private readonly int[] places;
    private readonly Value[] row;
    private readonly Horizon horizon;
    private readonly Visibility visibility;
    private readonly FeatureStatus[] statuses;

    public ViewFold(IReadOnlyList<EntityFeatureView> views, IReadOnlyList<int> columns, Horizon horizon, Visibility visibility, bool tellsStatuses)
    {
        this.views = [.. views];
        timelines = [.. views.Select(v => v.Plan.NewTimeline())];
        places = [.. columns];
        row = new Value[views[0].Source.Schema.Fields.Count];
        (this.horizon, this.visibility) = (horizon, visibility);
        statuses = new FeatureStatus[tellsStatuses ? views.Sum(v => v.Plan.Features.Count) : 0];
    }

    public void Begin()
    {
        foreach (var timeline in timelines)
        {
            timeline.Clear();
        }
    }

    public void Append(RowStamp stamp, RowIdentity identity, ReadOnlySpan<Value> cells)
    {
        for (var i = 0; i < places.Length; i++)
        {
            row[places[i]] = cells[i];
        }

        for (var i = 0; i < views.Length; i++)
        {
            views[i].Plan.Append(timelines[i], stamp, identity, row);
        }
    }

    public void Evaluate(EventTime t, KnownAt? knownBy, Span<Value> into)
    {
        var seen = knownBy is { } instant ? visibility.AtKnowledgeOf(instant) : visibility;
        var offset = 0;
        for (var i = 0; i < views.Length; i++)
        {
            var width = views[i].Plan.Features.Count;
            var told = statuses.Length == 0 ? default : statuses.AsSpan(offset, width);
            views[i].Plan.Evaluate(timelines[i], t, horizon, into.Slice(offset, width), told, seen);
            offset += width;
        }

        for (var i = 0; i < statuses.Length; i++)
        {
            into[offset + i] = Value.FromInteger((long)statuses[i]);
        }
    }
}

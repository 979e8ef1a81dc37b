using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>The views that fold one source by one entity, found by one column of the spine.</summary>
internal sealed class ViewLane
{
    private ViewLane(IReadOnlyList<EntityFeatureView> views, string spineColumn, Horizon horizon, Visibility visibility, bool tellsStatuses)
    {
        Views = views;
        var (source, key) = (views[0].Source, views[0].EntityIndex);
        var columns = views.SelectMany(v => v.Plan.Reads).Distinct(StringComparer.Ordinal).Select(source.Schema.IndexOf).Order().ToList();
        var features = views.Sum(v => v.Plan.Features.Count);
        var width = tellsStatuses ? 2 * features : features;
        Lane = new HistoryLane(source, key, columns, spineColumn, width, () => new ViewFold(views, columns, horizon, visibility, tellsStatuses));
    }

    public IReadOnlyList<EntityFeatureView> Views { get; }

    public HistoryLane Lane { get; }

    /// <summary>Groups views into lanes, in the order in which their entities come first.</summary>
    /// <param name="views">Each with the column of the spine that holds its key.</param>
    /// <param name="horizon">The last position of the log that may be seen.</param>
    /// <param name="visibility">Which knowledge counts.</param>
    /// <param name="tellsStatuses">Whether each value is followed by its status.</param>
    public static IReadOnlyList<ViewLane> Of(
        IEnumerable<(EntityFeatureView View, string SpineColumn)> views, Horizon horizon, Visibility visibility, bool tellsStatuses) =>
        [.. views.GroupBy(v => (v.View.Source.Source, v.View.EntityIndex, v.SpineColumn))
            .Select(lane => new ViewLane([.. lane.Select(v => v.View)], lane.Key.SpineColumn, horizon, visibility, tellsStatuses))];

    /// <summary>Where a view's values begin in those of the lane.</summary>
    public int OffsetOf(EntityFeatureView view)
    {
        var offset = 0;
        foreach (var before in Views.TakeWhile(v => v.Ordinal != view.Ordinal))
        {
            offset += before.Plan.Features.Count;
        }

        return offset;
    }

    /// <summary>How far behind a value its status stands.</summary>
    public int StatusOffset => Views.Sum(v => v.Plan.Features.Count);
}

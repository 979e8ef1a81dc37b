using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>Tells why each feature has its value.</summary>
internal static class FeatureStatuses
{
    public static void Tell(
        FeaturePlan[] plans, EntityTimeline? timeline, EventTime t, in VisibilityCut cut, ReadOnlySpan<Value> values, ReadOnlySpan<FoldOutcome> outcomes, Span<FeatureStatus> into)
    {
        for (var i = 0; i < plans.Length; i++)
        {
            var (noRows, capped) = (true, false);
            foreach (var aggregate in plans[i].Aggregates)
            {
                noRows &= outcomes[aggregate] == FoldOutcome.NoRows;
                capped |= outcomes[aggregate] == FoldOutcome.Capped;
            }

            into[i] = !values[i].IsNull ? FeatureStatus.Present
                : capped ? FeatureStatus.OverCap
                : !noRows ? FeatureStatus.NullValue
                : IsKnown(timeline, plans[i].IsClosed ? Saturating.Add(t.Micros, 1) : t.Micros, cut) ? FeatureStatus.OutsideMaxAge
                : FeatureStatus.NotFound;
        }
    }

    /// <summary>Whether any row before an instant counts, those included that were trimmed away.</summary>
    private static bool IsKnown(EntityTimeline? timeline, long end, in VisibilityCut cut)
    {
        if (timeline is null)
        {
            return false;
        }

        if (timeline.Trimmed is { } gone && cut.Knows(gone.EventTime.Micros, gone.KnownAt.Micros, gone.Seq))
        {
            return true;
        }

        var last = EntityTimeline.LowerBound(timeline.EventTimes, Math.Min(end, cut.EventTimeEnd));
        if (last == 0 || (VisibleRows.AllKnown(timeline, last, cut) && VisibleRows.NoneContested(timeline, 0, last)))
        {
            return last > 0;
        }

        var runs = new PooledList<RowRun>();
        VisibleRows.Split(timeline, 0, last, cut, ref runs);
        var known = runs.Count > 0;
        runs.Dispose();
        return known;
    }
}

using Flyball.Engine.Time;

namespace Flyball.Monitoring;

/// <summary>
/// Positions of the prediction log before which nothing belongs to a window, from earlier checks: so that a check reads its window and not
/// the whole log. Bounded; a window from before the oldest is read from the begin of the log. Not thread-safe.
/// </summary>
internal sealed class WindowStarts
{
    private const int Most = 64;

    private readonly SortedList<EventTime, Horizon> starts = [];

    /// <summary>Every prediction up to this position was made before <paramref name="from"/>.</summary>
    public Horizon Of(EventTime from)
    {
        for (var i = starts.Count - 1; i >= 0; i--)
        {
            if (starts.Keys[i] <= from)
            {
                return starts.Values[i];
            }
        }

        return default;
    }

    /// <param name="position">Every prediction up to here was made before <paramref name="from"/>.</param>
    public void Remember(EventTime from, Horizon position)
    {
        starts[from] = position;
        if (starts.Count > Most)
        {
            starts.RemoveAt(0);
        }
    }
}

using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Benchmarks.Fold;

/// <summary>The view that the measurements share.</summary>
internal static class CustomerActivity
{
    public static EntityViewPlan Plan { get; } = EntityViewPlan.Compile(
        [
            new("amount_mean_30d", "mean(amount) over 30d"),
            new("amount_max_30d", "max(amount) over 30d"),
            new("count_30d", "count() over 30d"),
            new("night_share_30d", "mean(if(hour(event_time) < 6, 1, 0)) over 30d"),
        ],
        new([new("amount", ScalarType.Number), new("event_time", ScalarType.Timestamp)])).Plan!;

    /// <summary>Rows spread evenly over a span that starts at the epoch.</summary>
    public static void Fill(EntityViewPlan plan, EntityTimeline timeline, int rows, long span)
    {
        var row = new Value[2];
        for (var i = 0; i < rows; i++)
        {
            var at = span / rows * i;
            row[0] = Value.FromNumber(10 + (i % 97 * 0.37));
            row[1] = Value.FromTimestamp(at);
            plan.Append(timeline, new(new(at), new(at), i), row);
        }
    }
}

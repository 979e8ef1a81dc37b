using Flyball.Engine.Statistics;

namespace Flyball.Engine.Sequential;

/// <summary>
/// What each arm must have seen before an asymptotic confidence sequence may speak. Without it a small canary share alarms
/// several times too often: 16 to 24 % in place of 5 %.
/// </summary>
/// <param name="Events">Fewest events in each arm, and fewest non-events (proportions).</param>
/// <param name="Rows">Fewest rows in each arm.</param>
public sealed record BurnIn(int Events, int Rows)
{
    /// <summary>Ten events and ten non-events in each arm.</summary>
    public static BurnIn Proportions { get; } = new(10, 20);

    /// <summary>A hundred rows with some spread in each arm.</summary>
    public static BurnIn Means { get; } = new(0, 100);

    internal bool IsOver(Moments arm)
    {
        if (arm.Count < Rows || !(arm.SquaredDeviations > 0))
        {
            return false;
        }

        var events = arm.Mean * arm.Count;
        return Events == 0 || (Math.Round(events) >= Events && Math.Round(arm.Count - events) >= Events);
    }
}

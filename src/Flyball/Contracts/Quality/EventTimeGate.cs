using System.Globalization;
using Flyball.Engine.Statistics;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Finds batches whose events lie in other years: before everything that the reference had by more than its own length, or after the batch was known.
/// Fisher's test against the rows of the reference that do the same.
/// </summary>
internal static class EventTimeGate
{
    /// <summary>Clocks and time zones are wrong by as much without being wrong by years.</summary>
    public const long Tolerance = Clock.MicrosPerDay;

    // Two tests that share what the columns, volume and repeats leave of the contract's share.
    private const double Share = 0.05;
    private const double Floor = 0.001;
    private const double FloorOfAnnounced = 0.1;

    /// <param name="plan">The rules.</param>
    /// <param name="observation">Of the batch.</param>
    /// <param name="arrived">When it came, in microseconds.</param>
    public static IEnumerable<Finding> OfBatch(QualityPlan plan, BatchObservation observation, long arrived)
    {
        if (!plan.Statistics.Freshness || observation.Reference?.Times is not { } usual || observation.Statistics is not { Rows: >= StatisticalGate.FewestRows } counts)
        {
            yield break;
        }

        if (IsMore(plan, counts.Old, counts.Rows, 0, usual.Rows))
        {
            yield return Of(plan, counts.Old, counts.Rows, "from before everything that the reference had, by more than its own length");
        }

        // Counted by the month: one that begins within the tolerance is not ahead.
        var ahead = counts.Months.Where(m => m.Key * StatisticalCounts.MonthMicros > arrived + Tolerance).Sum(m => m.Value);
        if (IsMore(plan, ahead, counts.Rows, usual.Ahead, usual.Rows))
        {
            yield return Of(plan, ahead, counts.Rows, "later than a day after the rows came");
        }
    }

    private static bool IsMore(QualityPlan plan, long events, long rows, long usual, long usualRows) =>
        events > 0
        && FisherExact.Upper(events, rows, usual, usualRows) < plan.Statistics.Sensitivity * Share
        && Newcombe.Difference(events, rows, usual, usualRows).Lower > (usual == 0 ? Floor : FloorOfAnnounced);

    private static Finding Of(QualityPlan plan, long events, long rows, string what)
    {
        var (outcome, share) = (plan.Statistics.Outcome, (double)events / rows);
        var severity = outcome == RuleOutcome.Record ? "info" : outcome == RuleOutcome.Hold ? "error" : "warning";
        return new Finding("event time", null, outcome, severity, string.Create(CultureInfo.InvariantCulture, $"{share:0.0##%} of {rows} rows have an event time {what}."), share, null);
    }
}

using System.Globalization;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Judges how old the newest event of a batch was when the batch was known, and how long a source has had no news: against what the contract agrees, else
/// against the days of the reference, with the sensitivity as the share of days of unchanged data on which each may be reported.
/// </summary>
internal static class FreshnessGate
{
    /// <summary>Name of the finding about a source without news.</summary>
    public const string Silence = "silence";

    /// <summary>A source silent for so many times its bound is taken for one that nobody feeds any more: nothing is said of it.</summary>
    private const long Retired = 30;

    /// <param name="plan">The rules.</param>
    /// <param name="observation">Of the batch.</param>
    /// <param name="knownAt">When the batch was known, in microseconds.</param>
    public static IEnumerable<Finding> OfBatch(QualityPlan plan, BatchObservation observation, long knownAt)
    {
        foreach (var (rule, newest) in plan.Freshness.Zip(observation.Newest))
        {
            if (newest != long.MinValue && knownAt - newest > rule.Micros)
            {
                yield return Of(plan, rule.Property, observation.Field(rule.Column), knownAt - newest, rule.Micros, "error", $"'{rule.Property}' allows {Text(rule.Micros)}");
            }
        }

        if (plan.Freshness.Count == 0 && plan.Statistics.Freshness && observation.Reference?.Freshness is { } usual && observation.Statistics is { Rows: >= StatisticalGate.FewestRows } counts
            && counts.Newest != long.MinValue && DayBound.Of(usual.Ages, plan.Statistics.Sensitivity) is { } bound && knownAt - counts.Newest > bound)
        {
            yield return Of(plan, "freshness", null, knownAt - counts.Newest, bound, "warning", Days(usual.Ages.Count, bound, plan));
        }
    }

    /// <summary>What is to be said of a source that has had no news; null when nothing is.</summary>
    /// <param name="plan">Of the source.</param>
    /// <param name="reference">Null when nothing was frozen yet.</param>
    /// <param name="silent">How long, in microseconds.</param>
    public static Finding? OfSilence(ContractPlan plan, SourceReference? reference, long silent)
    {
        var agreed = plan.ServiceLevels.Where(l => l.Property == "freshness" && (l.Field is null || plan.Schema.IndexOf(l.Field) == plan.EventTimeIndex)).Select(l => (long?)l.Micros).Min();
        var gaps = plan.Quality.Statistics.Freshness ? reference?.Freshness?.Gaps : null;
        if ((agreed ?? (gaps is null ? null : DayBound.Of(gaps, plan.Quality.Statistics.Sensitivity))) is not { } bound || silent <= bound || silent / Retired > bound)
        {
            return null;
        }

        var why = agreed is null ? Days(gaps!.Count, bound, plan.Quality) : $"'freshness' allows {Text(bound)}";
        return new Finding(
            Silence, null, WithoutHold(plan.Quality.Statistics.Outcome), agreed is null ? "warning" : "error",
            $"The source has had no news for {Text(silent)}; {why}.", silent / 1e6, bound / 1e6);
    }

    /// <summary>What was stored already cannot be held: it is reported instead.</summary>
    public static RuleOutcome WithoutHold(RuleOutcome outcome) => outcome == RuleOutcome.Hold ? RuleOutcome.Alert : outcome;

    private static Finding Of(QualityPlan plan, string rule, string? field, long age, long bound, string severity, string why) => new(
        field is null ? rule : $"{rule}({field})", field, plan.Statistics.Outcome, plan.Statistics.Outcome == RuleOutcome.Record ? "info" : severity,
        $"The newest event was {Text(age)} old when it was known; {why}.", age / 1e6, bound / 1e6);

    private static string Days(int days, long bound, QualityPlan plan) =>
        string.Create(CultureInfo.InvariantCulture, $"by the {days} days of the reference at most {plan.Statistics.Sensitivity:0.##%} of days exceed {Text(bound)}");

    private static string Text(long micros) => micros switch
    {
        >= 2 * Clock.MicrosPerDay => string.Create(CultureInfo.InvariantCulture, $"{micros / (double)Clock.MicrosPerDay:0.#} days"),
        >= 2 * 3_600_000_000L => string.Create(CultureInfo.InvariantCulture, $"{micros / 3.6e9:0.#} hours"),
        >= 2 * 60_000_000L => string.Create(CultureInfo.InvariantCulture, $"{micros / 6e7:0.#} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{micros / 1e6:0.#} seconds"),
    };
}

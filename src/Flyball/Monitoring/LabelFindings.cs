using System.Globalization;
using Flyball.Contracts.Quality;
using Flyball.Engine.Statistics;

namespace Flyball.Monitoring;

/// <summary>
/// Finds sudden changes in labels: the last week of matured days against the weeks before. A share is out of the ordinary when the
/// difference is beyond chance (Newcombe, 99.9 %), beyond a quarter of what is usual, and beyond what any of the weeks before strayed.
/// </summary>
internal static class LabelFindings
{
    private const int DaysOfABlock = 7;
    private const int MostBlocks = 8;
    private const int FewestBlocks = 2;
    private const int FewestRows = 100;
    private const double Confidence = 0.999;
    private const double Deviations = 3.29; // of the standard normal law, two-sided at 99.9 %
    private const double LeastDelayChange = 0.405; // ln 1.5

    public static IReadOnlyList<Finding> Of(IReadOnlyList<LabelDay> days, IReadOnlyList<LabelDelay> delays, long conflicting)
    {
        var findings = new List<Finding>();
        if (conflicting > 0)
        {
            findings.Add(new Finding("label conflicts", null, RuleOutcome.Alert, "warning", $"{conflicting} label rows contradict an earlier row of their key.", conflicting, 0));
        }

        var blocks = Blocks(days);
        if (blocks.Count > FewestBlocks)
        {
            AddChange(findings, "base rate", "positive", blocks, b => b.Positive);
            AddChange(findings, "label coverage", "labelled", blocks, b => b.Labelled);
            AddDelay(findings, blocks, delays);
        }

        return findings;
    }

    /// <summary>Whole weeks back from the last matured day, the latest first. The last day itself may still be filling and is left out.</summary>
    private static List<LabelDay> Blocks(IReadOnlyList<LabelDay> days)
    {
        var blocks = new List<LabelDay>();
        if (days.Count == 0)
        {
            return blocks;
        }

        var end = days[^1].Day;
        for (var i = 0; i <= MostBlocks; i++)
        {
            var (from, to) = (end - ((i + 1) * DaysOfABlock), end - (i * DaysOfABlock));
            var block = days.Where(d => d.Day >= from && d.Day < to).Aggregate(new LabelDay(from, 0, 0, 0), (sum, d) => new LabelDay(from, sum.Matured + d.Matured, sum.Labelled + d.Labelled, sum.Positive + d.Positive));
            if (from < days[0].Day || block.Matured < FewestRows)
            {
                break;
            }

            blocks.Add(block);
        }

        return blocks;
    }

    /// <summary>The mean of the logarithm of the delay, the last week against the weeks before, by the same three measures.</summary>
    private static void AddDelay(List<Finding> findings, List<LabelDay> blocks, IReadOnlyList<LabelDelay> delays)
    {
        var weeks = blocks.ConvertAll(b => delays.Where(d => d.Day >= b.Day && d.Day < b.Day + DaysOfABlock).Aggregate(new LabelDelay(b.Day, 0, 0, 0), (sum, d) => sum.Plus(d)));
        if (weeks.Exists(w => w.Labels < FewestRows))
        {
            return;
        }

        var (last, before) = (weeks[0], weeks.Skip(1).ToList());
        var all = before.Aggregate((sum, w) => sum.Plus(w));
        var change = last.Mean - all.Mean;
        var strays = before.Max(w => Math.Abs(w.Mean - all.Mean));
        if (Math.Abs(change) > Math.Max(strays, LeastDelayChange) && Math.Abs(change) > Deviations * Math.Sqrt(last.Error + all.Error))
        {
            double seen = Math.Exp(last.Mean) - 1, usual = Math.Exp(all.Mean) - 1;
            findings.Add(new Finding(
                "label delay", null, RuleOutcome.Alert, "warning",
                string.Create(CultureInfo.InvariantCulture, $"Labels of the last week took {seen:0.#} seconds (geometric mean of {last.Labels}); in the {before.Count} weeks before it was {usual:0.#}."),
                seen, usual));
        }
    }

    private static void AddChange(List<Finding> findings, string rule, string word, List<LabelDay> blocks, Func<LabelDay, long> count)
    {
        var last = blocks[0];
        var before = blocks.Skip(1).ToList();
        long events = before.Sum(count), rows = before.Sum(b => b.Matured);
        double usual = (double)events / rows, now = (double)count(last) / last.Matured;
        var strays = before.Max(b => Math.Abs(((double)count(b) / b.Matured) - usual));
        var interval = Newcombe.Difference(count(last), last.Matured, events, rows, Confidence);
        if (!interval.Contains(0) && Math.Abs(now - usual) > Math.Max(strays, usual / 4))
        {
            findings.Add(new Finding(
                rule, null, RuleOutcome.Alert, "warning",
                string.Create(CultureInfo.InvariantCulture, $"{now:0.0##%} of {last.Matured} matured requests of the last week are {word}; in the {before.Count} weeks before it was {usual:0.0##%}."),
                now, usual));
        }
    }
}

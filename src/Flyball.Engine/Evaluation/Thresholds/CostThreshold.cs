using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Evaluation.Thresholds;

/// <summary>
/// Thresholds of a binary classifier chosen by what mistakes cost, or by what must be reached.
/// <list type="number">
/// <item>Above the largest score nothing is acted on: every positive costs its miss.</item>
/// <item>Going down the distinct scores, each row taken up adds its false alarm or takes back its miss.</item>
/// <item>The least mean cost wins; of equal ones the highest threshold, which acts on fewest rows.</item>
/// </list>
/// O(n log n), and O(n) more a replicate. With the costs of all rows equal and calibrated scores the threshold is near fp / (fp + fn)
/// (Elkan 2001).
/// </summary>
public static class CostThreshold
{
    /// <summary>The threshold of least mean cost, with bounds; null with the reason when there is none.</summary>
    /// <param name="rows">Rows of binary classification.</param>
    /// <param name="costs">What mistakes cost.</param>
    /// <param name="options">How the bounds are drawn; null for none.</param>
    /// <param name="insufficient">Why there is no threshold.</param>
    public static ThresholdChoice? Least(ScoredRows rows, RowCosts costs, IntervalOptions? options, out string? insufficient)
    {
        insufficient = Refuse(rows) ?? (costs.Cover(rows.Count) ? null : "there are not as many costs as rows");
        if (insufficient is not null)
        {
            return null;
        }

        var steps = OrderedCosts.Of(rows, costs);
        var every = new int[rows.Count];
        Array.Fill(every, 1);
        var (threshold, cost) = Sweep(steps, every);
        Interval? thresholds = null, figures = null;
        if (options is not null)
        {
            (thresholds, figures) = Bounds(rows, costs, steps, threshold, options);
        }

        return new ThresholdChoice(threshold, cost, BinaryRowMetrics.Confuse(rows, rows.Places, threshold), thresholds, figures);
    }

    /// <summary>The threshold of the largest recall whose precision is at least <paramref name="precision"/>; null with the reason when none has it.</summary>
    public static ThresholdChoice? ForPrecision(ScoredRows rows, double precision, out string? insufficient) =>
        Reaching(rows, (p, _) => p >= precision, (_, r) => r, "no threshold has this precision", out insufficient);

    /// <summary>The threshold of the largest precision whose recall is at least <paramref name="recall"/>; null with the reason when there are no positives.</summary>
    public static ThresholdChoice? ForRecall(ScoredRows rows, double recall, out string? insufficient) =>
        Reaching(rows, (_, r) => r >= recall, (p, _) => p, "no threshold has this recall", out insufficient);

    private static string? Refuse(ScoredRows rows) =>
        rows.Task != PredictionTasks.Binary ? $"{TaskNames.Of(rows.Task)} has no threshold"
        : rows.Count == 0 ? ScoreOrder.NoRows
        : rows.Unusable;

    /// <summary>The best threshold when row i counts as often as given.</summary>
    private static (double Threshold, double MeanCost) Sweep(OrderedCosts steps, int[] times)
    {
        double cost = 0, count = 0;
        for (var i = 0; i < times.Length; i++)
        {
            var often = times[steps.Order[i]];
            count += often;
            cost += often * steps.Missed[i];
        }

        double best = cost, threshold = Math.BitIncrement(steps.Scores[0]);
        for (var i = 0; i < times.Length; i++)
        {
            cost += times[steps.Order[i]] * steps.TakenUp[i];

            // Rows of equal score are taken up together. Sums of costs carry rounding: a gain of nothing but rounding must not move the threshold.
            if (steps.Last[i] && cost < best - (1e-12 * Math.Max(1, Math.Abs(best))))
            {
                (best, threshold) = (cost, steps.Scores[i]);
            }
        }

        return (threshold, Math.Max(0, best) / count);
    }

    private static (Interval Thresholds, Interval Figures) Bounds(ScoredRows rows, RowCosts costs, OrderedCosts steps, double chosen, IntervalOptions options)
    {
        options.Require();
        double[] thresholds = new double[options.Replicates], figures = new double[options.Replicates];
        var costed = CostsAt(rows, costs, chosen);
        Replicates.Run(Resample.For(rows, rows.Places), options.Seed, (options.Replicates, options.Threads), () => new int[rows.Count], (replicate, drawn, times) =>
        {
            Array.Clear(times);
            foreach (var row in drawn)
            {
                times[row]++;
            }

            thresholds[replicate] = Sweep(steps, times).Threshold;
            figures[replicate] = MeanCost(costed, times);
            return true;
        });
        return (Ends(thresholds, options), Ends(figures, options));
    }

    /// <summary>What each row costs at a threshold.</summary>
    private static double[] CostsAt(ScoredRows rows, RowCosts costs, double threshold)
    {
        var costed = new double[rows.Count];
        for (var row = 0; row < costed.Length; row++)
        {
            costed[row] = (rows.Scores[row] >= threshold, rows.IsPositive(row)) switch
            {
                (true, false) => costs.FalsePositive(row),
                (false, true) => costs.FalseNegative(row),
                _ => 0,
            };
        }

        return costed;
    }

    private static double MeanCost(double[] costed, int[] times)
    {
        double cost = 0, count = 0;
        for (var row = 0; row < times.Length; row++)
        {
            count += times[row];
            cost += times[row] * costed[row];
        }

        return cost / count;
    }

    private static Interval Ends(double[] replicates, IntervalOptions options)
    {
        Array.Sort(replicates);
        var rank = (int)Math.Floor((1 - options.Confidence) / 2 * (replicates.Length + 1));
        return new Interval(replicates[rank - 1], replicates[^rank]);
    }

    private static ThresholdChoice? Reaching(
        ScoredRows rows, Func<double, double, bool> holds, Func<double, double, double> worth, string none, out string? insufficient)
    {
        insufficient = Refuse(rows);
        if (insufficient is not null)
        {
            return null;
        }

        using var counts = RankCounts.Of(rows, 0, rows.Places);
        if (counts.Positives == 0)
        {
            insufficient = "no positives";
            return null;
        }

        var cells = counts.Cells;
        double found = 0, taken = 0, figure = -1;
        var best = -1;
        for (var rank = counts.Distinct - 1; rank >= 0; rank--)
        {
            found += cells[(2 * rank) + 1];
            taken += cells[2 * rank] + cells[(2 * rank) + 1];
            double precision = found / taken, recall = found / counts.Positives;
            if (holds(precision, recall) && worth(precision, recall) > figure)
            {
                (best, figure) = (rank, worth(precision, recall));
            }
        }

        if (best < 0)
        {
            insufficient = none;
            return null;
        }

        var ranks = rows.RanksOf(0);
        var row = Enumerable.Range(0, rows.Count).First(r => ranks[r] == best);
        var threshold = rows.Scores[row];
        return new ThresholdChoice(threshold, figure, BinaryRowMetrics.Confuse(rows, rows.Places, threshold), null, null);
    }
}

using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Evaluation.Thresholds;

/// <summary>What mistakes cost, row by row from the highest score down.</summary>
/// <param name="Order">The places of the rows.</param>
/// <param name="Scores">Their scores.</param>
/// <param name="Missed">What each costs as long as it is not acted on.</param>
/// <param name="TakenUp">What changes when it is.</param>
/// <param name="Last">Whether it is the last one of its score.</param>
internal sealed record OrderedCosts(int[] Order, double[] Scores, double[] Missed, double[] TakenUp, bool[] Last)
{
    public static OrderedCosts Of(ScoredRows rows, RowCosts costs)
    {
        int[] order = [.. ScoreOrder.Ascending(rows.Scores).Reverse()];
        double[] scores = new double[order.Length], missed = new double[order.Length], taken = new double[order.Length];
        var last = new bool[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var row = order[i];
            scores[i] = rows.Scores[row];
            missed[i] = rows.IsPositive(row) ? costs.FalseNegative(row) : 0;
            taken[i] = rows.IsPositive(row) ? -costs.FalseNegative(row) : costs.FalsePositive(row);
            last[i] = i + 1 == order.Length || rows.Scores[order[i + 1]] != scores[i];
        }

        return new OrderedCosts(order, scores, missed, taken, last);
    }
}

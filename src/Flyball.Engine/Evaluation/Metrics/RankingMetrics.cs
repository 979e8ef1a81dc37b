using static Flyball.Engine.Evaluation.Metrics.MetricDirection;
using static Flyball.Engine.Evaluation.Metrics.MetricKind;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Metrics of an order, the mean over queries; queries without a relevant row have no best order and are left out.
/// <list type="number">
/// <item>Rows of a query stand together in ascending order of place; where the place does not rise, a query begins again, so that a
/// query drawn twice counts twice.</item>
/// <item>Its rows are sorted by falling score.</item>
/// <item>Rows of equal score: NDCG takes the mean gain of the tied rows (McSherry and Najork 2008), the others put the relevant ones
/// last, so that equal scores for all are worth nothing.</item>
/// </list>
/// O(n log n) in the rows of a query.
/// </summary>
internal static class RankingMetrics
{
    private static readonly MetricParameter K = new("k", 10, 1, 1_000_000, Whole: true);

    private delegate double QueryWorth(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevance, int k);

    public static IEnumerable<MetricDefinition> All =>
    [
        AtK("ndcg", "DCG@k / best DCG@k, DCG = sum (2^rel - 1) / log2(1 + place) (Burges et al. 2005)", Ndcg),
        AtK("map", "mean over relevant places up to k of the precision there, over min(k, relevant rows)", AveragePrecision),
        AtK("precision_at", "relevant rows among the first k / k", Precision),
        MetricDefinition.Plain(
            "mrr", Higher, Share, PredictionTasks.Ranking, "mean of 1 / place of the first relevant row",
            (rows, drawn) => Mean(rows, drawn, int.MaxValue, ReciprocalRank)),
    ];

    private static MetricDefinition AtK(string name, string formula, QueryWorth worth) =>
        MetricDefinition.Family((name, Higher, Share), PredictionTasks.Ranking, formula, a => drawn => Mean(drawn.Rows, drawn.Places, (int)a[0], worth), K);

    private static MetricValue Mean(ScoredRows rows, ReadOnlySpan<int> drawn, int k, QueryWorth worth)
    {
        double sum = 0;
        var queries = 0;
        var scores = new double[drawn.Length];
        var relevance = new double[drawn.Length];
        for (var start = 0; start < drawn.Length;)
        {
            var count = 0;
            do
            {
                (scores[count], relevance[count]) = (rows.Scores[drawn[start + count]], rows.Labels[drawn[start + count]]);
                count++;
            }
            while (start + count < drawn.Length && drawn[start + count] > drawn[start + count - 1] && rows.Groups[drawn[start + count]] == rows.Groups[drawn[start]]);

            start += count;
            var own = relevance.AsSpan(0, count);
            if (own.ContainsAnyInRange(double.Epsilon, double.MaxValue))
            {
                Order(scores.AsSpan(0, count), own);
                sum += worth(scores.AsSpan(0, count), own, k);
                queries++;
            }
        }

        return queries == 0 ? MetricValue.None("no query has a relevant row") : MetricValue.Of(sum / queries);
    }

    /// <summary>By falling score; among equal scores the least relevant first.</summary>
    private static void Order(Span<double> scores, Span<double> relevance)
    {
        scores.Sort(relevance, (a, b) => b.CompareTo(a));
        for (var start = 0; start < scores.Length;)
        {
            var end = start + 1;
            while (end < scores.Length && scores[end] == scores[start])
            {
                end++;
            }

            relevance[start..end].Sort();
            start = end;
        }
    }

    private static double Ndcg(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevance, int k)
    {
        double gained = 0;
        for (var start = 0; start < scores.Length && start < k;)
        {
            double gain = 0, discount = 0;
            var end = start;
            for (; end < scores.Length && scores[end] == scores[start]; end++)
            {
                gain += Gain(relevance[end]);
                discount += end < k ? Discount(end) : 0;
            }

            gained += gain / (end - start) * discount;
            start = end;
        }

        var best = relevance.ToArray();
        Array.Sort(best, (a, b) => b.CompareTo(a));
        double ideal = 0;
        for (var place = 0; place < best.Length && place < k; place++)
        {
            ideal += Gain(best[place]) * Discount(place);
        }

        // The best order itself must not come out above 1 by rounding.
        return Math.Min(1, gained / ideal);
    }

    private static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevance, int k)
    {
        double sum = 0;
        int found = 0, relevant = 0;
        for (var place = 0; place < relevance.Length; place++)
        {
            relevant += relevance[place] > 0 ? 1 : 0;
            if (place < k && relevance[place] > 0)
            {
                found++;
                sum += (double)found / (place + 1);
            }
        }

        return sum / Math.Min(k, relevant);
    }

    private static double Precision(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevance, int k)
    {
        var found = 0;
        for (var place = 0; place < relevance.Length && place < k; place++)
        {
            found += relevance[place] > 0 ? 1 : 0;
        }

        return (double)found / k;
    }

    private static double ReciprocalRank(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevance, int k)
    {
        for (var place = 0; place < relevance.Length; place++)
        {
            if (relevance[place] > 0)
            {
                return 1.0 / (place + 1);
            }
        }

        return 0;
    }

    private static double Gain(double relevance) => Math.Pow(2, relevance) - 1;

    private static double Discount(int place) => 1 / Math.Log2(place + 2);
}

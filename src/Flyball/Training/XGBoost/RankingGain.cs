namespace Flyball.Training.XGBoost;

/// <summary>How well groups are ordered.</summary>
internal static class RankingGain
{
    /// <summary>
    /// The mean over groups of DCG by ideal DCG, with gains 2^grade - 1 and discounts log2(1 + place) (Jarvelin and Kekalainen 2002, Burges et al. 2005).
    /// A group without a grade above 0 counts as 1, as in XGBoost. Equal scores keep the order of the rows.
    /// </summary>
    /// <param name="scores">One a row.</param>
    /// <param name="grades">From 0 up.</param>
    /// <param name="groups">Rows of each group, one group after the other.</param>
    public static double Ndcg(ReadOnlySpan<float> scores, ReadOnlySpan<float> grades, IReadOnlyList<int> groups)
    {
        var (sum, start) = (0.0, 0);
        foreach (var size in groups)
        {
            sum += OfGroup(scores.Slice(start, size).ToArray(), grades.Slice(start, size).ToArray());
            start += size;
        }

        return groups.Count == 0 ? 0 : sum / groups.Count;
    }

    private static double OfGroup(float[] scores, float[] grades)
    {
        var ideal = Gain([.. grades.OrderDescending()]);
        return ideal == 0 ? 1 : Gain([.. Enumerable.Range(0, grades.Length).OrderByDescending(i => scores[i]).Select(i => grades[i])]) / ideal;
    }

    private static double Gain(float[] ordered)
    {
        var gain = 0.0;
        for (var i = 0; i < ordered.Length; i++)
        {
            gain += (Math.Pow(2, ordered[i]) - 1) / Math.Log2(2 + i);
        }

        return gain;
    }
}

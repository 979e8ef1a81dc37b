namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Dense ranks of one output: equal scores have one rank, the smallest 0. A resample's metric over thresholds is then a count by rank,
/// O(rows), instead of a sort.
/// </summary>
internal sealed class ScoreRanks
{
    private readonly int[] codes;

    private readonly double[] scores;

    private ScoreRanks(int[] codes, double[] scores) => (this.codes, this.scores) = (codes, scores);

    public int Distinct => scores.Length;

    /// <summary>The score of each rank, ascending.</summary>
    public ReadOnlySpan<double> Scores => scores;

    /// <summary>Of each row twice its rank, and one more for a positive: the counter it belongs to.</summary>
    public ReadOnlySpan<int> Codes => codes;

    public int this[int row] => codes[row] >> 1;

    public static ScoreRanks Of(ScoredRows rows, int output)
    {
        var keys = new double[rows.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = rows.Scores[(i * rows.Outputs) + output];
        }

        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(keys, order);
        var coded = new int[keys.Length];
        var distinct = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (i == 0 || keys[i] != keys[i - 1])
            {
                keys[distinct++] = keys[i];
            }

            coded[order[i]] = (2 * (distinct - 1)) + (rows.IsPositive(order[i], output) ? 1 : 0);
        }

        return new ScoreRanks(coded, keys[..distinct]);
    }

    /// <summary>The ranks of some of the rows among themselves. Cost: O(rows), without sorting again.</summary>
    public ScoreRanks Among(ReadOnlySpan<int> chosen)
    {
        var among = new int[Distinct];
        foreach (var row in chosen)
        {
            among[codes[row] >> 1] = 1;
        }

        var kept = new List<double>(Distinct);
        for (var rank = 0; rank < among.Length; rank++)
        {
            if (among[rank] > 0)
            {
                among[rank] = kept.Count;
                kept.Add(scores[rank]);
            }
        }

        var own = new int[chosen.Length];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = (2 * among[codes[chosen[i]] >> 1]) + (codes[chosen[i]] & 1);
        }

        return new ScoreRanks(own, [.. kept]);
    }
}

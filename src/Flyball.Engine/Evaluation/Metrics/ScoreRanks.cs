namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Dense ranks of one output: equal scores have one rank, the smallest 0. A resample's metric over thresholds is then a count by rank,
/// O(rows), instead of a sort.
/// </summary>
internal sealed class ScoreRanks
{
    private readonly int[] codes;

    private ScoreRanks(int[] codes, int distinct) => (this.codes, Distinct) = (codes, distinct);

    public int Distinct { get; }

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

        var (ranks, distinct) = Dense(keys);
        for (var i = 0; i < ranks.Length; i++)
        {
            ranks[i] = (2 * ranks[i]) + (rows.IsPositive(i, output) ? 1 : 0);
        }

        return new ScoreRanks(ranks, distinct);
    }

    /// <summary>The ranks of some of the rows among themselves. Cost: O(rows), without sorting again.</summary>
    public ScoreRanks Among(ReadOnlySpan<int> chosen)
    {
        var among = new int[Distinct];
        foreach (var row in chosen)
        {
            among[codes[row] >> 1] = 1;
        }

        var distinct = 0;
        for (var rank = 0; rank < among.Length; rank++)
        {
            distinct += among[rank];
            among[rank] = distinct - 1;
        }

        var own = new int[chosen.Length];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = (2 * among[codes[chosen[i]] >> 1]) + (codes[chosen[i]] & 1);
        }

        return new ScoreRanks(own, distinct);
    }

    /// <summary>The dense rank of each number, and how many different ones there are. The numbers are sorted on return.</summary>
    public static (int[] Ranks, int Distinct) Dense(double[] keys)
    {
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(keys, order);
        var dense = new int[keys.Length];
        var rank = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            rank += i > 0 && keys[i] != keys[i - 1] ? 1 : 0;
            dense[order[i]] = rank;
        }

        return (dense, keys.Length == 0 ? 0 : rank + 1);
    }
}

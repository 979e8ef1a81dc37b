namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Dense ranks of one output: equal scores have one rank, the smallest 0. A resample's metric over thresholds is then a count by rank,
/// O(rows), instead of a sort.
/// </summary>
internal sealed class ScoreRanks
{
    private readonly int[] ranks;

    private ScoreRanks(int[] ranks, int distinct) => (this.ranks, Distinct) = (ranks, distinct);

    public int Distinct { get; }

    public int this[int row] => ranks[row];

    public static ScoreRanks Of(ScoredRows rows, int output)
    {
        var keys = new double[rows.Count];
        var order = new int[rows.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            (keys[i], order[i]) = (rows.Scores[(i * rows.Outputs) + output], i);
        }

        Array.Sort(keys, order);
        var dense = new int[keys.Length];
        var rank = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            rank += i > 0 && keys[i] != keys[i - 1] ? 1 : 0;
            dense[order[i]] = rank;
        }

        return new ScoreRanks(dense, keys.Length == 0 ? 0 : rank + 1);
    }
}

using System.Buffers;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>How many of the drawn rows, and how many positives among them, have each rank. Disposing gives the counters back.</summary>
internal readonly ref struct RankCounts
{
    private readonly int[] rows;
    private readonly int[] hits;
    private readonly int distinct;

    private RankCounts(int[] rows, int[] hits, int distinct, int count, int positives) =>
        (this.rows, this.hits, this.distinct, Count, Positives) = (rows, hits, distinct, count, positives);

    /// <summary>Drawn rows by rank, ascending.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, distinct);

    /// <summary>Positives by rank, ascending.</summary>
    public ReadOnlySpan<int> Hits => hits.AsSpan(0, distinct);

    public int Count { get; }

    public int Positives { get; }

    /// <summary>Why nothing can be ranked, or null.</summary>
    public string? OneClass => Positives == 0 ? "no positives" : Positives == Count ? "no negatives" : null;

    /// <param name="output">The score that ranks; in multiclass also the class that is positive.</param>
    public static RankCounts Of(ScoredRows rows, int output, ReadOnlySpan<int> drawn)
    {
        var ranks = rows.RanksOf(output);
        var total = ArrayPool<int>.Shared.Rent(ranks.Distinct);
        var found = ArrayPool<int>.Shared.Rent(ranks.Distinct);
        total.AsSpan(0, ranks.Distinct).Clear();
        found.AsSpan(0, ranks.Distinct).Clear();
        var positives = 0;
        var oneAgainstRest = rows.Task == PredictionTasks.Multiclass;
        foreach (var row in drawn)
        {
            var positive = oneAgainstRest ? rows.ClassOf(row) == output : rows.IsPositive(row);
            total[ranks[row]]++;
            found[ranks[row]] += positive ? 1 : 0;
            positives += positive ? 1 : 0;
        }

        return new(total, found, ranks.Distinct, drawn.Length, positives);
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(rows);
        ArrayPool<int>.Shared.Return(hits);
    }
}

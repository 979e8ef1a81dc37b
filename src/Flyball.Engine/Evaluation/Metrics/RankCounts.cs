using System.Buffers;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>How many negatives and positives of the drawn rows have each rank. Disposing gives the counters back.</summary>
internal readonly ref struct RankCounts
{
    private readonly int[] cells;
    private readonly int distinct;
    private readonly bool rented;

    private RankCounts(int[] cells, int distinct, (int Rows, int Positives) counted, bool rented)
    {
        (this.cells, this.distinct, this.rented) = (cells, distinct, rented);
        (Count, Positives) = counted;
    }

    /// <summary>Two a rank, ascending: the negatives, and the positives.</summary>
    public ReadOnlySpan<int> Cells => cells.AsSpan(0, 2 * distinct);

    /// <summary>Ranks, of which some may have no row.</summary>
    public int Distinct => distinct;

    public int Count { get; }

    public int Positives { get; }

    /// <summary>Why nothing can be ranked, or null.</summary>
    public string? OneClass => Positives == 0 ? "no positives" : Positives == Count ? "no negatives" : null;

    /// <param name="rows">The rows.</param>
    /// <param name="output">The score that ranks; in multiclass also the class that is positive.</param>
    /// <param name="drawn">Their places.</param>
    public static RankCounts Of(ScoredRows rows, int output, ReadOnlySpan<int> drawn)
    {
        int[]? none = null;
        return Fill(ref none, rows, output, drawn, rented: true);
    }

    /// <summary>The same in counters of the caller, who keeps them.</summary>
    public static RankCounts Into(scoped ref int[]? cells, ScoredRows rows, int output, ReadOnlySpan<int> drawn) => Fill(ref cells, rows, output, drawn, rented: false);

    /// <summary>Counters that are filled already.</summary>
    public static RankCounts Again(int[] cells, int distinct, int count, int positives) => new(cells, distinct, (count, positives), rented: false);

    public void Dispose()
    {
        if (rented)
        {
            ArrayPool<int>.Shared.Return(cells);
        }
    }

    private static RankCounts Fill(scoped ref int[]? cells, ScoredRows rows, int output, ReadOnlySpan<int> drawn, bool rented)
    {
        var ranks = rows.RanksOf(output);
        var size = 2 * ranks.Distinct;
        if (cells is null || cells.Length < size)
        {
            cells = rented ? ArrayPool<int>.Shared.Rent(size) : new int[size];
        }

        var counted = cells.AsSpan(0, size);
        counted.Clear();
        var codes = ranks.Codes;
        var positives = 0;
        foreach (var row in drawn)
        {
            var code = codes[row];
            counted[code]++;
            positives += code & 1;
        }

        return new(cells, ranks.Distinct, (drawn.Length, positives), rented);
    }
}

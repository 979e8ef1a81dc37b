namespace Flyball.Engine.Statistics;

/// <summary>The largest difference of shares over the cells, max |p - q|, and where it is.</summary>
public static class LInfinity
{
    /// <summary>The distance and the index of the cell that moved most.</summary>
    public static (double Distance, int Cell) Distance(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        var (n, m) = Shares.Totals(reference, current);
        double largest = 0;
        var cell = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var gap = Math.Abs((reference[i] / n) - (current[i] / m));
            if (gap > largest)
            {
                (largest, cell) = (gap, i);
            }
        }

        return (largest, cell);
    }
}

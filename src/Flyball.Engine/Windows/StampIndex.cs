namespace Flyball.Engine.Windows;

/// <summary>The latest known-at and the greatest position in the log of blocks of rows: where all of them are visible, none is looked at.</summary>
internal sealed class StampIndex
{
    private const int MostLevels = 6;

    private readonly BlockExtremes<long, Greatest> knownAts = new(long.MinValue);
    private readonly BlockExtremes<long, Greatest> seqs = new(long.MinValue);

    public void Extend(int fromBlock, int toBlock, ReadOnlySpan<long> known, ReadOnlySpan<long> log)
    {
        knownAts.Extend(fromBlock, toBlock, known, []);
        seqs.Extend(fromBlock, toBlock, log, []);
    }

    /// <summary>How many rows from a position on are visible for sure, because they are whole blocks below both limits; 0 when none.</summary>
    public int VisibleFrom(int row, int end, in VisibilityCut cut)
    {
        var visible = 0;
        for (var level = 0; level < MostLevels; level++)
        {
            var rows = 1 << (RowBlocks.Shift * (level + 1));
            if ((row & (rows - 1)) != 0 || row + rows > end)
            {
                break;
            }

            var index = row / rows;
            if (knownAts.Block(level, index) > cut.KnownLimit || seqs.Block(level, index) > cut.SeqLimit)
            {
                break;
            }

            visible = rows;
        }

        return visible;
    }
}

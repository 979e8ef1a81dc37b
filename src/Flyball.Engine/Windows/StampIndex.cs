namespace Flyball.Engine.Windows;

/// <summary>The latest known-at and the greatest position in the log of blocks of rows: where all of them are visible, none is looked at.</summary>
internal sealed class StampIndex
{
    private const int MostLevels = 6;

    private readonly BlockExtremes<long, Greatest> knownAts = new(long.MinValue);
    private readonly BlockExtremes<long, Greatest> seqs = new(long.MinValue);
    private long[] knownUpTo = [];
    private long[] seqUpTo = [];

    public void Extend(int fromBlock, int toBlock, ReadOnlySpan<long> known, ReadOnlySpan<long> log)
    {
        knownAts.Extend(fromBlock, toBlock, known, []);
        seqs.Extend(fromBlock, toBlock, log, []);
        if (knownUpTo.Length < toBlock)
        {
            Array.Resize(ref knownUpTo, toBlock * 2);
            Array.Resize(ref seqUpTo, toBlock * 2);
        }

        for (var block = fromBlock; block < toBlock; block++)
        {
            knownUpTo[block] = Math.Max(block == 0 ? long.MinValue : knownUpTo[block - 1], knownAts.Block(0, block));
            seqUpTo[block] = Math.Max(block == 0 ? long.MinValue : seqUpTo[block - 1], seqs.Block(0, block));
        }
    }

    /// <summary>Whether no row before a position is beyond a limit, as is usual where rows come about as they happen. Cost: one block and at most 15 rows.</summary>
    public bool AllKnown(int end, in VisibilityCut cut, ReadOnlySpan<long> known, ReadOnlySpan<long> log)
    {
        var block = end >> RowBlocks.Shift;
        if (block > 0 && (knownUpTo[block - 1] > cut.KnownLimit || seqUpTo[block - 1] > cut.SeqLimit))
        {
            return false;
        }

        for (var row = block << RowBlocks.Shift; row < end; row++)
        {
            if (known[row] > cut.KnownLimit || log[row] > cut.SeqLimit)
            {
                return false;
            }
        }

        return true;
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

namespace Flyball.Engine.Windows;

/// <summary>
/// Finds the rows of a window that count.
/// 1. Blocks of rows that are all known in time are passed over whole.
/// 2. Of the rows that share a key with another, those that do not count are looked up.
/// 3. What is left between the rows found so are the runs.
/// Cost: the rows that do not count, the rows in chains, and the blocks round them.
/// </summary>
internal static class VisibleRows
{
    /// <summary>Whether every row before a position is known, told by looking at few; false may be wrong.</summary>
    public static bool AllKnown(EntityTimeline timeline, int end, in VisibilityCut cut) =>
        (timeline.GreatestKnownAt <= cut.KnownLimit && timeline.GreatestSeq <= cut.SeqLimit)
        || timeline.Stamps.AllKnown(end, cut, timeline.KnownAts, timeline.Seqs);

    /// <summary>Whether none of the known rows of a range shares its key with another.</summary>
    public static bool NoneContested(EntityTimeline timeline, int first, int end) =>
        timeline.Chains is not { Contested: { Count: > 0 } contested } || LowerBound(contested, first) == LowerBound(contested, end);

    /// <summary>Appends the runs of rows that count.</summary>
    public static void Split(EntityTimeline timeline, int first, int end, in VisibilityCut cut, ref PooledList<RowRun> runs)
    {
        var passed = new PooledList<int>();
        if (timeline.GreatestKnownAt > cut.KnownLimit || timeline.GreatestSeq > cut.SeqLimit)
        {
            AddUnknown(timeline, first, end, cut, ref passed);
        }

        var unknown = passed.Count;
        if (timeline.Chains is { } chains)
        {
            AddSuperseded(timeline, chains, first, end, cut, ref passed);
        }

        if (unknown > 0 && passed.Count > unknown)
        {
            passed.Items.Sort();
        }

        var start = first;
        foreach (var row in passed.Items)
        {
            if (row > start)
            {
                runs.Add(new(start, row));
            }

            start = row + 1;
        }

        if (start < end)
        {
            runs.Add(new(start, end));
        }

        passed.Dispose();
    }

    private static void AddUnknown(EntityTimeline timeline, int first, int end, in VisibilityCut cut, ref PooledList<int> passed)
    {
        var known = timeline.KnownAts;
        var seqs = timeline.Seqs;
        for (var row = first; row < end;)
        {
            var visible = (row & RowBlocks.Mask) == 0 ? timeline.Stamps.VisibleFrom(row, end, cut) : 0;
            if (visible > 0)
            {
                row += visible;
                continue;
            }

            if (known[row] > cut.KnownLimit || seqs[row] > cut.SeqLimit)
            {
                passed.Add(row);
            }

            row++;
        }
    }

    private static void AddSuperseded(EntityTimeline timeline, RowChains chains, int first, int end, in VisibilityCut cut, ref PooledList<int> passed)
    {
        var contested = chains.Contested;
        for (var i = LowerBound(contested, first); i < contested.Count && contested[i] < end; i++)
        {
            var row = contested[i];
            var (known, seq) = (timeline.KnownAts[row], timeline.Seqs[row]);
            if (known <= cut.KnownLimit && seq <= cut.SeqLimit && !chains.Counts(row, known, seq, cut))
            {
                passed.Add(row);
            }
        }
    }

    private static int LowerBound(List<int> sorted, int least)
    {
        var place = sorted.BinarySearch(least);
        return place < 0 ? ~place : place;
    }
}

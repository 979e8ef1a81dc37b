namespace Flyball.Engine.Windows;

/// <summary>What an aggregate keeps of some rows. The default of the struct is the state of no rows.</summary>
internal interface ITileState<TSelf>
    where TSelf : struct, ITileState<TSelf>
{
    /// <summary>How many values entered.</summary>
    long Entered { get; }

    /// <summary>Takes in the next row of the tile; a row that does not count changes nothing.</summary>
    void Add(in InputSpan input, int row);

    /// <summary>Takes in the state of a later tile. Merging into the state of no rows gives the tile's own bits.</summary>
    void Merge(in TSelf later);
}

/// <summary>
/// The canonical fold, the only one there is (docs/adr/0004-canonical-fold.md):
/// 1. the rows of the window lie in the total order, cut into tiles at multiples of the window's tile length;
/// 2. the visible rows of a tile are added to an empty state one by one;
/// 3. the states of the tiles are merged in time order into an empty state.
/// A state kept for a whole tile therefore stands for its rows without a difference in any bit.
/// </summary>
internal static class TileFold
{
    public static TState Of<TState>(in WindowRows rows, in InputSpan input)
        where TState : struct, ITileState<TState> =>
        rows.AllVisible ? Run<TState, EveryRow>(rows, input) : Run<TState, KnownInTime>(rows, input);

    private static TState Run<TState, TVisible>(in WindowRows rows, in InputSpan input)
        where TState : struct, ITileState<TState>
        where TVisible : struct, IVisible
    {
        var window = default(TState);
        var row = rows.First;
        foreach (var end in rows.TileEnds)
        {
            var tile = default(TState);
            for (; row < end; row++)
            {
                if (TVisible.Test(rows, row))
                {
                    tile.Add(input, row);
                }
            }

            window.Merge(tile);
        }

        return window;
    }

    private interface IVisible
    {
        static abstract bool Test(in WindowRows rows, int row);
    }

    private readonly struct EveryRow : IVisible
    {
        public static bool Test(in WindowRows rows, int row) => true;
    }

    private readonly struct KnownInTime : IVisible
    {
        public static bool Test(in WindowRows rows, int row) =>
            rows.KnownAts[row] <= rows.KnownLimit && rows.Seqs[row] <= rows.SeqLimit;
    }
}

namespace Flyball.Engine.Windows;

/// <summary>The rows of one window, in total order and cut into tiles, with what decides whether each is visible.</summary>
internal ref struct WindowRows
{
    public ReadOnlySpan<long> KnownAts { get; init; }

    public ReadOnlySpan<long> Seqs { get; init; }

    /// <summary>The position of the first row.</summary>
    public int First { get; init; }

    /// <summary>For each tile that holds rows, in time order, the position behind its last row.</summary>
    public ReadOnlySpan<int> TileEnds { get; init; }

    /// <summary>A visible row is known at this instant or earlier.</summary>
    public long KnownLimit { get; init; }

    /// <summary>A visible row is at this position of the log or earlier.</summary>
    public long SeqLimit { get; init; }

    /// <summary>Nothing needs to be tested row by row.</summary>
    public bool AllVisible { get; init; }
}

namespace Flyball.Engine.Windows;

/// <summary>
/// Rows of a timeline that came too late to be put into their places one by one.
/// 1. The first of them begins it; from then on every row is written behind the last one, wherever in time it belongs.
/// 2. Whoever reads has them sorted and merged first, in one pass over the rows behind the earliest.
/// 3. When they are many they are merged without a reader, so that a pass is shared by a fixed part of the rows it moves.
/// </summary>
/// <param name="settled">How many rows are in the total order.</param>
/// <param name="greatest">The stamp of the last one.</param>
internal sealed class LateRows(int settled, RowStamp greatest)
{
    private const int Fewest = 1024;
    private const int Share = 8;

    private readonly HashSet<RowStamp> stamps = [];
    private RowStamp greatest = greatest;

    public int Settled { get; } = settled;

    public bool IsFull => stamps.Count >= Fewest + (Settled / Share);

    public void Add(RowStamp stamp)
    {
        stamps.Add(stamp);
        greatest = stamp > greatest ? stamp : greatest;
    }

    /// <summary>Whether a row of this stamp waits.</summary>
    public bool Holds(RowStamp stamp) => stamp <= greatest && stamps.Contains(stamp);
}

using System.Runtime.InteropServices;
using Flyball.Engine.Statistics;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Inner edges of a numeric column's cells.
/// 1. Without a heavy value they are the deciles. 2. A value that makes up a tenth of the column or more, as the zeros of an amount, would swallow
/// them: it gets a cell of its own, [v, next v), and the deciles are those of the other values.
/// </summary>
internal static class BinEdges
{
    private const int Parts = 10;
    private const int FewestOthers = 50;

    /// <param name="sorted">Ascending.</param>
    public static List<double> Of(double[] sorted)
    {
        var edges = new SortedSet<double>();
        var others = new List<double>(sorted.Length);
        for (int from = 0, to; from < sorted.Length; from = to)
        {
            for (to = from + 1; to < sorted.Length && sorted[to] == sorted[from];)
            {
                to++;
            }

            if ((long)(to - from) * Parts < sorted.Length)
            {
                others.AddRange(sorted.AsSpan(from, to - from));
            }
            else
            {
                edges.Add(sorted[from]);
                edges.Add(Math.Min(Math.BitIncrement(sorted[from]), double.MaxValue));
            }
        }

        for (var i = 1; i < Parts && (edges.Count == 0 || others.Count >= FewestOthers); i++)
        {
            edges.Add(Quantile.Linear(CollectionsMarshal.AsSpan(others), i / (double)Parts));
        }

        return [.. edges];
    }
}

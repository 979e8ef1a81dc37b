namespace Flyball.Training.Datasets;

/// <summary>Samples of rows that depend on a seed and on the rows' positions in the log alone.</summary>
internal static class RowSample
{
    /// <summary>The rows whose positions hash lowest, in log order: the same for the same seed, and few change with new rows.</summary>
    /// <param name="seqOf">Position of a row.</param>
    /// <param name="most">How many at most.</param>
    public static List<T> Choose<T>(IEnumerable<T> rows, Func<T, long> seqOf, ulong seed, int most)
    {
        var chosen = new PriorityQueue<T, ulong>(most + 1, Comparer<ulong>.Create((a, b) => b.CompareTo(a)));
        foreach (var row in rows)
        {
            chosen.Enqueue(row, Mix(seed ^ (ulong)seqOf(row)));
            if (chosen.Count > most)
            {
                chosen.Dequeue();
            }
        }

        return [.. chosen.UnorderedItems.Select(i => i.Element).OrderBy(seqOf)];
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014).</summary>
    public static ulong Mix(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}

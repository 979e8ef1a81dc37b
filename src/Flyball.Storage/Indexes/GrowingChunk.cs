namespace Flyball.Storage.Indexes;

/// <summary>The stretch that is being written: a key a position, searched from end to end. Not thread-safe.</summary>
internal sealed class GrowingChunk(long first, int capacity, int blockRecords) : IIndexChunk
{
    /// <summary>Stands where a record has no key.</summary>
    private const ulong None = 0;

    private readonly ulong[] keys = new ulong[capacity];
    private readonly List<IndexSpan> spans = [];
    private readonly Dictionary<string, int> ofBlock = new(StringComparer.Ordinal);
    private int filled;

    public long First => first;

    public long Last => first + capacity - 1;

    public bool IsEmpty => filled == 0;

    public IReadOnlyList<IndexSpan> Spans => spans;

    /// <summary>Takes the record at the next position.</summary>
    public void Add(long seq, IndexedRecord? record)
    {
        var offset = (int)(seq - first);
        if (offset % blockRecords == 0)
        {
            ofBlock.Clear();
        }

        filled = offset + 1;
        if (record is not { } known)
        {
            return;
        }

        keys[offset] = KeyOf(known.Key);
        if (ofBlock.TryGetValue(known.Group, out var at))
        {
            spans[at] = spans[at].With(seq, known.Micros);
        }
        else
        {
            ofBlock[known.Group] = spans.Count;
            spans.Add(new IndexSpan(known.Group, seq, seq, known.Micros, known.Micros));
        }
    }

    public bool TryFind(ulong key, List<long> positions)
    {
        var wanted = KeyOf(key);
        for (var from = 0; keys.AsSpan(from, filled - from).IndexOf(wanted) is >= 0 and var found; from += found + 1)
        {
            positions.Add(first + from + found);
        }

        return true;
    }

    /// <summary>Keys with their offsets, by key and then by offset.</summary>
    public (ulong[] Keys, int[] Offsets) Sorted()
    {
        var count = keys.AsSpan(0, filled).Length - keys.AsSpan(0, filled).Count(None);
        var (sorted, offsets) = (new ulong[count], new int[count]);
        var at = 0;
        for (var i = 0; i < filled; i++)
        {
            if (keys[i] != None)
            {
                (sorted[at], offsets[at]) = (keys[i], i);
                at++;
            }
        }

        Array.Sort(sorted, offsets);
        for (var from = 0; from < count;)
        {
            // The sort is not stable: equal keys, of which there are few, are put in order.
            var to = from + 1;
            while (to < count && sorted[to] == sorted[from])
            {
                to++;
            }

            Array.Sort(offsets, from, to - from);
            from = to;
        }

        return (sorted, offsets);
    }

    internal static ulong KeyOf(ulong key) => key == None ? 1 : key;
}

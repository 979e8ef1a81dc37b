namespace Flyball.Features.History;

/// <summary>Numbers the keys of one part, 0 and up, by their bytes.</summary>
internal sealed class KeyGroups
{
    private readonly List<(ulong Hash, RowPlace First)> groups = [];
    private int[] slots = new int[256];

    public int Count => groups.Count;

    /// <summary>The number of the key of a row; a new one when there is none.</summary>
    public int Add(TakenBlocks blocks, RowPlace place)
    {
        var row = blocks.RowAt(place);
        var hash = StoredRow.Hash(row);
        var at = Find(blocks, hash, StoredRow.Key(row));
        if (slots[at] != 0)
        {
            return slots[at] - 1;
        }

        groups.Add((hash, place));
        slots[at] = groups.Count;
        if (groups.Count * 2 > slots.Length)
        {
            Widen();
        }

        return groups.Count - 1;
    }

    /// <summary>The number of a key, or -1.</summary>
    /// <param name="blocks">Where the rows that were added lie.</param>
    /// <param name="row">A row with the key.</param>
    public int Find(TakenBlocks blocks, ReadOnlySpan<byte> row) => slots[Find(blocks, StoredRow.Hash(row), StoredRow.Key(row))] - 1;

    private int Find(TakenBlocks blocks, ulong hash, ReadOnlySpan<byte> key)
    {
        var mask = slots.Length - 1;
        for (var at = Start(hash, mask); ; at = (at + 1) & mask)
        {
            var group = slots[at] - 1;
            if (group < 0 || (groups[group].Hash == hash && StoredRow.Key(blocks.RowAt(groups[group].First)).SequenceEqual(key)))
            {
                return at;
            }
        }
    }

    private void Widen()
    {
        slots = new int[slots.Length * 2];
        var mask = slots.Length - 1;
        for (var group = 0; group < groups.Count; group++)
        {
            var at = Start(groups[group].Hash, mask);
            while (slots[at] != 0)
            {
                at = (at + 1) & mask;
            }

            slots[at] = group + 1;
        }
    }

    /// <summary>The low bits chose the part, so the high ones tell its keys apart.</summary>
    private static int Start(ulong hash, int mask) => (int)(hash >> 32) & mask;
}

namespace Flyball.Features.History;

/// <summary>Numbers the keys of one part, 0 and up, by their bytes.</summary>
internal sealed class KeyGroups
{
    private Group[] groups = new Group[128];
    private int[] slots = new int[256];

    public int Count { get; private set; }

    /// <summary>Forgets the part before.</summary>
    public void Clear()
    {
        Count = 0;
        Array.Clear(slots);
    }

    /// <summary>The number of the key of a row; a new one when there is none.</summary>
    public int Add(TakenBlocks blocks, RowPlace place, ReadOnlySpan<byte> row)
    {
        var hash = StoredRow.Hash(row);
        var key = StoredRow.Key(row);
        var at = Find(blocks, hash, key);
        if (slots[at] != 0)
        {
            return slots[at] - 1;
        }

        if (Count == groups.Length)
        {
            Array.Resize(ref groups, Count * 2);
        }

        groups[Count] = new(hash, key.Length, key[^1], place);
        slots[at] = ++Count;
        if (Count * 2 > slots.Length)
        {
            Widen();
        }

        return Count - 1;
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
            if (slots[at] == 0 || IsOf(blocks, groups[slots[at] - 1], hash, key))
            {
                return at;
            }
        }
    }

    /// <summary>The hash and the last byte say all of a key of one cell, so that its row need not be looked at.</summary>
    private static bool IsOf(TakenBlocks blocks, in Group group, ulong hash, ReadOnlySpan<byte> key) =>
        group.Hash == hash && group.KeyLength == key.Length && group.Last == key[^1]
        && (key.Length == KeyHash.CellBytes || StoredRow.Key(blocks.RowAt(group.First)).SequenceEqual(key));

    private void Widen()
    {
        slots = new int[slots.Length * 2];
        var mask = slots.Length - 1;
        for (var group = 0; group < Count; group++)
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

    private readonly record struct Group(ulong Hash, int KeyLength, byte Last, RowPlace First);
}

using System.Runtime.InteropServices;

namespace Flyball.Engine.Windows;

/// <summary>
/// The rows of a timeline that speak about the same fact.
/// 1. A hash table finds, by key, the position of one row of it; most keys have one row, and nothing more is kept of them.
/// 2. A second row makes a chain of what decides between them: when each was known, its place in the log, its kind.
/// 3. The positions of all rows in chains, and of retractions, are listed in order: only those must be looked at in a window. What came since the
/// last look is listed apart, and put into order in one pass.
/// </summary>
internal sealed class RowChains
{
    private readonly Dictionary<UInt128, List<Member>> chains = [];
    private readonly List<int> contested = [];
    private readonly List<int> fresh = [];
    private UInt128[] keys = [];
    private byte[] kinds = [];
    private int[] table = new int[16];
    private int keyed;
    private bool isOrdered = true;

    private const byte Unkeyed = 0;
    private const byte Keyed = 1;
    private const byte Retracting = 2;

    /// <summary>Positions, ascending; all of them once they are in order.</summary>
    public List<int> Contested => contested;

    /// <summary>Whether nothing came since the last time they were put into order.</summary>
    public bool IsOrdered => Volatile.Read(ref isOrdered);

    public RowIdentity IdentityAt(int row) => row >= kinds.Length ? RowIdentity.None : kinds[row] switch
    {
        Unkeyed => RowIdentity.None,
        Keyed => RowIdentity.Of(keys[row]),
        _ => RowIdentity.Retraction(keys[row]),
    };

    public bool Knows(UInt128 key) => Find(key) >= 0;

    /// <summary>A row came to a position; those from there on moved one on.</summary>
    public void Insert(int place, int count, RowStamp stamp, RowIdentity identity, ReadOnlySpan<long> eventTimes, ReadOnlySpan<long> knownAts, ReadOnlySpan<long> seqs)
    {
        if (keys.Length <= count)
        {
            Array.Resize(ref keys, Math.Max(16, count * 2));
            Array.Resize(ref kinds, keys.Length);
        }

        keys[count] = identity.Key;
        kinds[count] = identity.IsKeyed ? identity.Kind == RowKind.Retraction ? Retracting : Keyed : Unkeyed;
        if (place < count)
        {
            EntityTimeline.MoveLast(keys, count, place);
            EntityTimeline.MoveLast(kinds, count, place);
            MoveOn(place);
        }

        if (!identity.IsKeyed)
        {
            return;
        }

        var member = new Member(stamp.EventTime.Micros, stamp.KnownAt.Micros, stamp.Seq, identity.Kind);
        var other = Find(identity.Key);
        if (other < 0)
        {
            Add(identity.Key, place);
        }
        else if (!chains.TryGetValue(identity.Key, out var chain))
        {
            chains.Add(identity.Key, [new(eventTimes[other], knownAts[other], seqs[other], KindAt(other)), member]);
            Contest(other);
        }
        else
        {
            chain.Add(member);
        }

        if (other >= 0 || identity.Kind == RowKind.Retraction)
        {
            Contest(place);
        }
    }

    /// <summary>Whether a contested row that is visible is the one that counts.</summary>
    public bool Counts(int row, long knownAt, long seq, in VisibilityCut cut)
    {
        if (kinds[row] == Retracting)
        {
            return false;
        }

        foreach (var member in chains[keys[row]])
        {
            var later = member.KnownAt != knownAt ? member.KnownAt > knownAt : member.Seq > seq;
            if (later && cut.Knows(member.EventTime, member.KnownAt, member.Seq))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a row before an instant decides about one that is not.</summary>
    public bool Outlives(int row, long micros) =>
        kinds[row] != Unkeyed && chains.TryGetValue(keys[row], out var chain) && chain.Exists(member => member.EventTime >= micros);

    /// <summary>Keeps the rows at the given places, in their order.</summary>
    public void Keep(ReadOnlySpan<int> places, ReadOnlySpan<long> eventTimes, ReadOnlySpan<long> knownAts, ReadOnlySpan<long> seqs)
    {
        var (oldKeys, oldKinds) = (keys, kinds);
        (keys, kinds, keyed) = ([], [], 0);
        table = new int[16];
        chains.Clear();
        contested.Clear();
        fresh.Clear();
        isOrdered = true;
        for (var i = 0; i < places.Length; i++)
        {
            var identity = places[i] >= oldKinds.Length || oldKinds[places[i]] == Unkeyed ? RowIdentity.None
                : oldKinds[places[i]] == Keyed ? RowIdentity.Of(oldKeys[places[i]])
                : RowIdentity.Retraction(oldKeys[places[i]]);
            Insert(i, i, new(new(eventTimes[i]), new(knownAts[i]), seqs[i]), identity, eventTimes, knownAts, seqs);
        }
    }

    private RowKind KindAt(int row) => kinds[row] == Retracting ? RowKind.Retraction : RowKind.Row;

    /// <summary>Puts into order what came since. Cost: what came, and the positions behind the first of it.</summary>
    public void Order()
    {
        fresh.Sort();
        var taken = 0;
        for (var i = 0; i < fresh.Count; i++)
        {
            // A row may be contested twice: by itself, and by the one that it makes a chain with.
            if ((i == 0 || fresh[i] != fresh[i - 1]) && contested.BinarySearch(fresh[i]) < 0)
            {
                fresh[taken++] = fresh[i];
            }
        }

        var (old, end) = (contested.Count - 1, contested.Count + taken - 1);
        CollectionsMarshal.SetCount(contested, end + 1);
        for (var next = taken - 1; next >= 0; end--)
        {
            contested[end] = old >= 0 && contested[old] > fresh[next] ? contested[old--] : fresh[next--];
        }

        fresh.Clear();
        Volatile.Write(ref isOrdered, true);
    }

    /// <summary>Rows that waited behind the last one came to their places.</summary>
    public void Merge(RowMerge merge)
    {
        foreach (ref var row in CollectionsMarshal.AsSpan(fresh))
        {
            row = merge.PlaceOf(row);
        }

        var kept = contested.Count;
        while (kept > 0 && contested[kept - 1] >= merge.Settled)
        {
            fresh.Add(merge.PlaceOf(contested[--kept]));
            isOrdered = false;
        }

        CollectionsMarshal.SetCount(contested, kept);
        for (var i = kept - 1; i >= 0 && contested[i] >= merge.First; i--)
        {
            contested[i] = merge.PlaceOf(contested[i]);
        }

        if ((merge.Count - merge.First) * 4L < table.Length)
        {
            Follow(merge);
        }
        else
        {
            foreach (ref var slot in table.AsSpan())
            {
                slot = slot == 0 ? 0 : merge.PlaceOf(slot - 1) + 1;
            }
        }

        merge.Apply(keys);
        merge.Apply(kinds);
    }

    private void Contest(int row)
    {
        if (fresh.Count == 0 && (contested.Count == 0 || contested[^1] < row))
        {
            contested.Add(row);
        }
        else
        {
            fresh.Add(row);
            isOrdered = false;
        }
    }

    /// <summary>
    /// Finds the slots of the rows that moved, instead of looking at all. Late rows first, marked by their sign until the others, last to first, have left
    /// the numbers that late rows take: no slot ever holds the number of a row that is still to be found.
    /// </summary>
    private void Follow(RowMerge merge)
    {
        var marked = new List<int>();
        for (var row = merge.Count - 1; row >= merge.First; row--)
        {
            if (kinds[row] == Unkeyed || SlotHolding(row) is not { } at)
            {
                continue;
            }

            if (row >= merge.Settled)
            {
                table[at] = -(merge.PlaceOf(row) + 1);
                marked.Add(at);
            }
            else
            {
                table[at] = merge.PlaceOf(row) + 1;
            }
        }

        foreach (var at in marked)
        {
            table[at] = -table[at];
        }
    }

    /// <summary>The slot of a row; null when another row of its key has it.</summary>
    private int? SlotHolding(int row)
    {
        for (var at = SlotOf(keys[row]); table[at] != 0; at = (at + 1) & (table.Length - 1))
        {
            if (table[at] == row + 1)
            {
                return at;
            }
        }

        return null;
    }

    private void MoveOn(int place)
    {
        foreach (ref var slot in table.AsSpan())
        {
            // A slot holds a position plus one, and nothing is zero.
            slot += slot > place ? 1 : 0;
        }

        for (var i = contested.Count - 1; i >= 0 && contested[i] >= place; i--)
        {
            contested[i]++;
        }

        foreach (ref var row in CollectionsMarshal.AsSpan(fresh))
        {
            row += row >= place ? 1 : 0;
        }
    }

    private int Find(UInt128 key)
    {
        for (var at = SlotOf(key); table[at] != 0; at = (at + 1) & (table.Length - 1))
        {
            if (keys[table[at] - 1] == key)
            {
                return table[at] - 1;
            }
        }

        return -1;
    }

    private void Add(UInt128 key, int row)
    {
        if (++keyed * 2 > table.Length)
        {
            var old = table;
            table = new int[old.Length * 2];
            foreach (var slot in old)
            {
                if (slot != 0)
                {
                    Place(keys[slot - 1], slot);
                }
            }
        }

        Place(key, row + 1);
    }

    private void Place(UInt128 key, int slot)
    {
        var at = SlotOf(key);
        while (table[at] != 0)
        {
            at = (at + 1) & (table.Length - 1);
        }

        table[at] = slot;
    }

    private int SlotOf(UInt128 key)
    {
        unchecked
        {
            var mixed = ((ulong)key ^ (ulong)(key >> 64)) * 0x9E3779B97F4A7C15;
            return (int)(mixed >> 32) & (table.Length - 1);
        }
    }

    private readonly record struct Member(long EventTime, long KnownAt, long Seq, RowKind Kind);
}

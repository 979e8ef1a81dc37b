using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>
/// The state of one entity in one view: the stamps of its rows and the inputs of the view's aggregates, stored by column in the total order,
/// whatever the order of arrival, and sums of blocks of them.
/// </summary>
/// <remarks>
/// Not safe for use by two threads while one of them changes it; any number may evaluate when none does. Cost: 24 bytes a row, 1 to 9 for each
/// distinct input and 3 to 13 for the sums of each; 25 more for keyed rows. Arrays double, so that an append at the end is O(1) on average. A
/// row that comes late by little moves the rows behind it; one that comes late by many waits behind the last row, and all that wait are merged in one
/// pass when somebody reads or when they are many (<see cref="LateRows"/>). The sums behind the first place that changed are computed again at
/// the next evaluation.
/// </remarks>
public sealed class EntityTimeline
{
    private const int FirstCapacity = 8;
    private const int StampBytes = 24;
    private const int KeyBytes = 25;
    private const int OwnBytes = 256;

    /// <summary>Moving this many rows costs less than keeping one apart.</summary>
    private const int Near = 512;

    private readonly Lock indexing = new();
    private readonly InputPlan[] inputs;
    private readonly InputColumn[] columns;
    private readonly ColumnIndex[] indexes;
    private readonly StampIndex stamps = new();
    private long[] eventTimes = [];
    private long[] knownAts = [];
    private long[] seqs = [];
    private RowChains? chains;
    private LateRows? late;
    private readonly int rowBytes;
    private int indexedBlocks;
    private long indexBytes;

    internal EntityTimeline(EntityViewPlan plan, InputPlan[] inputs)
    {
        Plan = plan;
        this.inputs = inputs;
        columns = Array.ConvertAll(inputs, input => new InputColumn(input.Storage));
        indexes = Array.ConvertAll(inputs, input => new ColumnIndex(input.Needs, input.Storage));
        rowBytes = StampBytes + inputs.Sum(input => input.Storage == InputStorage.Presence ? 1 : 9);
    }

    /// <summary>Rows held, with those that a later row corrected and the retractions.</summary>
    public int Count { get; private set; }

    /// <summary>Rows before this instant were trimmed away or refused; a window that starts earlier cannot be answered.</summary>
    public EventTime CompleteFrom { get; private set; } = new(long.MinValue);

    /// <summary>About how much memory it takes, the letters of texts and what tells waiting late rows apart left out.</summary>
    public long Bytes => OwnBytes + ((long)eventTimes.Length * rowBytes) + (chains is null ? 0 : (long)Count * KeyBytes) + Volatile.Read(ref indexBytes);

    /// <summary>The plan that made it and alone can read it.</summary>
    internal EntityViewPlan Plan { get; }

    internal ReadOnlySpan<long> EventTimes => eventTimes.AsSpan(0, Count);

    internal ReadOnlySpan<long> KnownAts => knownAts.AsSpan(0, Count);

    internal ReadOnlySpan<long> Seqs => seqs.AsSpan(0, Count);

    /// <summary>No row is known later.</summary>
    internal long GreatestKnownAt { get; private set; } = long.MinValue;

    /// <summary>No row has a greater position in the log.</summary>
    internal long GreatestSeq { get; private set; } = long.MinValue;

    /// <summary>The row with the least position in the log that was ever trimmed away; what tells an expired entity from an unknown one.</summary>
    internal RowStamp? Trimmed { get; private set; }

    internal StampIndex Stamps => stamps;

    /// <summary>Null while no row has a key.</summary>
    internal RowChains? Chains => chains;

    internal InputColumn Column(int input) => columns[input];

    internal ColumnIndex Index(int input) => indexes[input];

    /// <summary>The stamp of a row by its place in the total order, 0 being the first.</summary>
    public RowStamp StampAt(int row)
    {
        EnsureOrdered();
        return Stored(row);
    }

    /// <summary>Which fact the row at a place speaks about.</summary>
    public RowIdentity IdentityAt(int row)
    {
        EnsureOrdered();
        return chains?.IdentityAt(row) ?? RowIdentity.None;
    }

    /// <summary>
    /// Forgets the rows before an instant, except those that correct or retract a row that stays, and from then on refuses them. Cost: O(rows).
    /// </summary>
    /// <param name="olderThan">For instants from t on, at most t minus the plan's longest window.</param>
    public void Trim(EventTime olderThan)
    {
        if (olderThan <= CompleteFrom)
        {
            return;
        }

        EnsureOrdered();
        CompleteFrom = olderThan;
        var old = LowerBound(EventTimes, olderThan.Micros);
        using var kept = new PooledList<int>();
        for (var row = 0; row < Count; row++)
        {
            if (row >= old || (chains is not null && chains.Outlives(row, olderThan.Micros)))
            {
                kept.Add(row);
            }
            else if (Trimmed is not { } known || seqs[row] < known.Seq)
            {
                Trimmed = Stored(row);
            }
        }

        if (kept.Count < Count)
        {
            Keep(kept.Items);
        }
    }

    /// <summary>Forgets every row and keeps the memory, for the next entity of a pass over many.</summary>
    public void Clear()
    {
        Count = 0;
        CompleteFrom = new(long.MinValue);
        Trimmed = null;
        late = null;
        (GreatestKnownAt, GreatestSeq) = (long.MinValue, long.MinValue);
        chains = null;
        foreach (var column in columns)
        {
            column.Clear();
        }

        Truncate(0);
    }

    /// <summary>False when nothing changed: a row of this stamp is here already, or it lies before <see cref="CompleteFrom"/>.</summary>
    internal bool Insert(RowStamp stamp, RowIdentity identity, ReadOnlySpan<Value> row)
    {
        if (stamp.EventTime < CompleteFrom && !(identity.IsKeyed && chains is not null && chains.Knows(identity.Key)))
        {
            return false;
        }

        var place = PlaceOf(stamp);
        if (Holds(stamp, place))
        {
            return false;
        }

        if (Count == eventTimes.Length)
        {
            Resize(Math.Max(FirstCapacity, checked(eventTimes.Length * 2)));
        }

        // Evaluated in the free place behind the last row, so that a row that breaks its schema throws before anything has moved.
        var retraction = identity.Kind == RowKind.Retraction;
        for (var i = 0; i < inputs.Length; i++)
        {
            var value = Value.Null;
            var state = retraction ? InputColumn.Absent : inputs[i].Evaluate(row, out value);
            columns[i].Set(Count, state, value);
        }

        if (late is null && IsFar(place))
        {
            late = new(Count, Stored(Count - 1));
        }

        late?.Add(stamp);
        Place(late is null ? place : Count, stamp, identity);
        if (late is { IsFull: true })
        {
            EnsureOrdered();
        }

        return true;
    }

    /// <summary>Takes over a row of a snapshot whose inputs are set already.</summary>
    internal void Restore(RowStamp stamp, RowIdentity identity) => Place(Count, stamp, identity);

    /// <summary>Takes over what a snapshot says of rows that are gone.</summary>
    internal void Restore(EventTime completeFrom, RowStamp? trimmed, int capacity)
    {
        (CompleteFrom, Trimmed) = (completeFrom, trimmed);
        Resize(capacity);
    }

    /// <summary>Takes late rows to their places; any number of readers may ask for it.</summary>
    internal void EnsureOrdered()
    {
        if (Volatile.Read(ref late) is null && chains is not { IsOrdered: false })
        {
            return;
        }

        lock (indexing)
        {
            if (late is not null)
            {
                Merge(late);
            }

            // Last: whoever sees it gone reads without the lock.
            chains?.Order();
            Volatile.Write(ref late, null);
        }
    }

    /// <summary>Computes what is missing of the sums of blocks; any number of readers may ask for it.</summary>
    internal void EnsureIndexed()
    {
        EnsureOrdered();
        var blocks = Count >> RowBlocks.Shift;
        if (Volatile.Read(ref indexedBlocks) == blocks)
        {
            return;
        }

        lock (indexing)
        {
            if (indexedBlocks == blocks)
            {
                return;
            }

            stamps.Extend(indexedBlocks, blocks, knownAts, seqs);
            var bytes = 0L;
            for (var i = 0; i < indexes.Length; i++)
            {
                indexes[i].Extend(blocks, columns[i], eventTimes);
                bytes += indexes[i].Bytes;
            }

            Volatile.Write(ref indexBytes, bytes);

            Volatile.Write(ref indexedBlocks, blocks);
        }
    }

    /// <summary>The first position whose event time is at least <paramref name="micros"/>.</summary>
    internal static int LowerBound(ReadOnlySpan<long> sorted, long micros)
    {
        var (low, length) = (0, sorted.Length);
        while (length > 0)
        {
            // Without a branch to guess: the times of a window's ends are random to the processor.
            var half = length >> 1;
            low += sorted[low + half] < micros ? length - half : 0;
            length = half;
        }

        return low;
    }

    /// <summary>Takes the element at <paramref name="last"/> to an earlier place and moves those between one on.</summary>
    internal static void MoveLast<T>(T[] array, int last, int place)
    {
        var moved = array[last];
        Array.Copy(array, place, array, place + 1, last - place);
        array[place] = moved;
    }

    private RowStamp Stored(int row) => new(new(eventTimes[row]), new(knownAts[row]), seqs[row]);

    /// <summary>A key's place in the hash table of chains is found by looking through it, so where rows have keys even a near place is far when they are many.</summary>
    private bool IsFar(int place) => Count - place > Near || (chains is not null && place < Count && Count > 4 * Near);

    private bool Holds(RowStamp stamp, int place) =>
        (place < (late?.Settled ?? Count) && Stored(place) == stamp) || (late is not null && late.Holds(stamp));

    private void Merge(LateRows rows)
    {
        using var merge = new RowMerge(rows.Settled, EventTimes, KnownAts, Seqs);
        Truncate(merge.First >> RowBlocks.Shift);
        merge.Apply(eventTimes);
        merge.Apply(knownAts);
        merge.Apply(seqs);
        foreach (var column in columns)
        {
            column.Merge(merge);
        }

        chains?.Merge(merge);
    }

    private void Place(int place, RowStamp stamp, RowIdentity identity)
    {
        eventTimes[Count] = stamp.EventTime.Micros;
        knownAts[Count] = stamp.KnownAt.Micros;
        seqs[Count] = stamp.Seq;
        if (place < Count)
        {
            Settle(place);
        }

        if (identity.IsKeyed || chains is not null)
        {
            chains ??= new();
            chains.Insert(place, Count, stamp, identity, eventTimes, knownAts, seqs);
        }

        Count++;
        GreatestKnownAt = Math.Max(GreatestKnownAt, stamp.KnownAt.Micros);
        GreatestSeq = Math.Max(GreatestSeq, stamp.Seq);
    }

    /// <summary>The first position, of those in order, whose stamp is not before the given one.</summary>
    private int PlaceOf(RowStamp stamp)
    {
        var settled = late?.Settled ?? Count;
        if (settled == 0 || Stored(settled - 1) < stamp)
        {
            return settled;
        }

        var (low, high) = (0, settled);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = Stored(middle) < stamp ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref eventTimes, capacity);
        Array.Resize(ref knownAts, capacity);
        Array.Resize(ref seqs, capacity);
        foreach (var column in columns)
        {
            column.Resize(capacity);
        }
    }

    private void Settle(int place)
    {
        MoveLast(eventTimes, Count, place);
        MoveLast(knownAts, Count, place);
        MoveLast(seqs, Count, place);
        foreach (var column in columns)
        {
            column.MoveLast(Count, place);
        }

        Truncate(place >> RowBlocks.Shift);
    }

    private void Truncate(int blocks)
    {
        indexedBlocks = Math.Min(indexedBlocks, blocks);
        foreach (var index in indexes)
        {
            index.Truncate(indexedBlocks);
        }
    }

    private void Keep(ReadOnlySpan<int> places)
    {
        foreach (var column in columns)
        {
            column.Keep(places);
        }

        (GreatestKnownAt, GreatestSeq) = (long.MinValue, long.MinValue);
        for (var i = 0; i < places.Length; i++)
        {
            eventTimes[i] = eventTimes[places[i]];
            knownAts[i] = knownAts[places[i]];
            seqs[i] = seqs[places[i]];
            GreatestKnownAt = Math.Max(GreatestKnownAt, knownAts[i]);
            GreatestSeq = Math.Max(GreatestSeq, seqs[i]);
        }

        Count = places.Length;
        chains?.Keep(places, eventTimes, knownAts, seqs);
        Truncate(0);
        if (Count < eventTimes.Length / 4)
        {
            Resize(Math.Max(FirstCapacity, Count * 2));
        }
    }
}

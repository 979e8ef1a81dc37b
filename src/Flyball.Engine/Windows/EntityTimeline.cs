using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>
/// The state of one entity in one view: the stamps of its rows and the inputs of the view's aggregates, stored by column in the total order,
/// whatever the order of arrival.
/// </summary>
/// <remarks>
/// Not safe for use by two threads while one of them changes it; any number may evaluate when none does. Cost: 24 bytes a row and 1 to 9 for
/// each distinct input; arrays double, so that an append at the end is O(1) on average. A late row moves the rows behind it.
/// </remarks>
public sealed class EntityTimeline
{
    private const int FirstCapacity = 8;

    private readonly InputPlan[] inputs;
    private readonly InputColumn[] columns;
    private long[] eventTimes = [];
    private long[] knownAts = [];
    private long[] seqs = [];

    internal EntityTimeline(EntityViewPlan plan, InputPlan[] inputs)
    {
        Plan = plan;
        this.inputs = inputs;
        columns = Array.ConvertAll(inputs, input => new InputColumn(input.Storage));
    }

    /// <summary>Rows held.</summary>
    public int Count { get; private set; }

    /// <summary>Rows before this instant were trimmed away or refused; a window that starts earlier cannot be answered.</summary>
    public EventTime CompleteFrom { get; private set; } = new(long.MinValue);

    /// <summary>The plan that made it and alone can read it.</summary>
    internal EntityViewPlan Plan { get; }

    internal ReadOnlySpan<long> EventTimes => eventTimes.AsSpan(0, Count);

    internal ReadOnlySpan<long> KnownAts => knownAts.AsSpan(0, Count);

    internal ReadOnlySpan<long> Seqs => seqs.AsSpan(0, Count);

    /// <summary>No row is known later.</summary>
    internal long GreatestKnownAt { get; private set; } = long.MinValue;

    /// <summary>No row has a greater position in the log.</summary>
    internal long GreatestSeq { get; private set; } = long.MinValue;

    internal InputColumn Column(int input) => columns[input];

    /// <summary>The stamp of a row by its place in the total order, 0 being the first.</summary>
    public RowStamp StampAt(int row) => new(new(EventTimes[row]), new(KnownAts[row]), Seqs[row]);

    /// <summary>Forgets the rows before an instant, and from then on refuses them. Cost: O(rows kept). Keeps its memory.</summary>
    /// <param name="olderThan">For instants from t on, at most t minus the plan's longest window.</param>
    public void Trim(EventTime olderThan)
    {
        if (olderThan <= CompleteFrom)
        {
            return;
        }

        CompleteFrom = olderThan;
        var dropped = LowerBound(EventTimes, olderThan.Micros);
        if (dropped > 0)
        {
            Count -= dropped;
            Array.Copy(eventTimes, dropped, eventTimes, 0, Count);
            Array.Copy(knownAts, dropped, knownAts, 0, Count);
            Array.Copy(seqs, dropped, seqs, 0, Count);
            foreach (var column in columns)
            {
                column.DropFirst(dropped, Count);
            }
        }
    }

    /// <summary>False when nothing changed: a row of this stamp is here already, or it lies before <see cref="CompleteFrom"/>.</summary>
    internal bool Insert(RowStamp stamp, ReadOnlySpan<Value> row)
    {
        if (stamp.EventTime < CompleteFrom)
        {
            return false;
        }

        var place = PlaceOf(stamp);
        if (place < Count && StampAt(place) == stamp)
        {
            return false;
        }

        if (Count == eventTimes.Length)
        {
            Grow();
        }

        // Evaluated in the free place behind the last row, so that a row that breaks its schema throws before anything has moved.
        for (var i = 0; i < inputs.Length; i++)
        {
            columns[i].Set(Count, inputs[i].Evaluate(row));
        }

        eventTimes[Count] = stamp.EventTime.Micros;
        knownAts[Count] = stamp.KnownAt.Micros;
        seqs[Count] = stamp.Seq;
        if (place < Count)
        {
            Settle(place);
        }

        Count++;
        GreatestKnownAt = Math.Max(GreatestKnownAt, stamp.KnownAt.Micros);
        GreatestSeq = Math.Max(GreatestSeq, stamp.Seq);
        return true;
    }

    /// <summary>The first position whose event time is at least <paramref name="micros"/>.</summary>
    internal static int LowerBound(ReadOnlySpan<long> sorted, long micros)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] < micros)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The first position whose stamp is not before the given one.</summary>
    private int PlaceOf(RowStamp stamp)
    {
        if (Count == 0 || StampAt(Count - 1) < stamp)
        {
            return Count;
        }

        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = StampAt(middle) < stamp ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Grow()
    {
        var capacity = Math.Max(FirstCapacity, checked(eventTimes.Length * 2));
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
    }

    /// <summary>Takes the element at <paramref name="last"/> to an earlier place and moves those between one on.</summary>
    internal static void MoveLast<T>(T[] array, int last, int place)
    {
        var moved = array[last];
        Array.Copy(array, place, array, place + 1, last - place);
        array[place] = moved;
    }
}

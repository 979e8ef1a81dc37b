using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>
/// Computes one part of a lane.
/// 1. Events and rows of the spine are numbered by their key and sorted by that number; the events of a key then by the total order.
/// 2. Key after key, the events go into the fold and every row of the spine with that key is evaluated; a key without events is an empty fold.
/// 3. Values leave with the ordinal of their row, parted by ranges of ordinals.
/// Nothing depends on the order in which rows came. Cost: the rows, their sorts, and the evaluations. One thread's.
/// </summary>
internal sealed class PartFold(HistoryLane lane, Visibility visibility, BlockStore results, long rangeRows)
{
    private readonly ILaneFold fold = lane.NewFold();
    private readonly Value[] cells = new Value[lane.Columns.Count];
    private readonly Value[] values = new Value[lane.Width];
    private readonly RowBytes encoded = new();
    private readonly BlockWriter writer = new(results);
    private readonly KeyGroups groups = new();
    private readonly GroupedRows ofEvents = new();
    private readonly GroupedRows ofSpine = new();
    private long[] order = new long[1024];
    private long[] times = new long[1024];
    private long[] firstKnown = new long[1024];
    private int loaded;

    /// <summary>What was found so far.</summary>
    public LaneCount Count { get; private set; }

    public void Fold(TakenBlocks events, TakenBlocks spine)
    {
        groups.Clear();
        ofEvents.Clear();
        ofSpine.Clear();
        for (var b = 0; b < events.Count; b++)
        {
            var block = events[b];
            for (var offset = 0; offset < block.Length;)
            {
                var row = StoredRow.At(block, offset);
                var place = new RowPlace(b, offset);
                ofEvents.Add(groups.Add(events, place, row), place);
                offset += row.Length;
            }
        }

        for (var b = 0; b < spine.Count; b++)
        {
            var block = spine[b];
            for (var offset = 0; offset < block.Length;)
            {
                var row = StoredRow.At(block, offset);
                ofSpine.Add(groups.Find(events, row) + 1, new(b, offset));
                offset += row.Length;
            }
        }

        ofEvents.Sort(groups.Count);
        ofSpine.Sort(groups.Count + 1);
        for (var group = -1; group < groups.Count; group++)
        {
            var asked = ofSpine[group + 1];
            if (asked.IsEmpty)
            {
                continue;
            }

            Load(events, group < 0 ? [] : ofEvents[group]);
            foreach (var place in asked)
            {
                Evaluate(spine.RowAt(place));
            }
        }
    }

    /// <summary>Hands over what is left.</summary>
    public void Close() => writer.Close();

    private void Load(TakenBlocks events, Span<RowPlace> places)
    {
        fold.Begin();
        Sort(events, places);
        loaded = 0;
        if (times.Length < places.Length)
        {
            (times, firstKnown) = (new long[places.Length * 2], new long[places.Length * 2]);
        }

        var earliest = long.MaxValue;
        foreach (var place in places)
        {
            var row = events.RowAt(place);
            var reader = StoredRow.EventCells(row);
            foreach (ref var cell in cells.AsSpan())
            {
                cell = reader.Next();
            }

            var stamp = StoredRow.Stamp(row);
            fold.Append(stamp, StoredRow.Identity(row), cells);
            earliest = Math.Min(earliest, stamp.KnownAt.Micros);
            times[loaded] = stamp.EventTime.Micros;
            firstKnown[loaded++] = earliest;
        }
    }

    /// <summary>By event time, which nearly always decides; then equal times by the rest of the order.</summary>
    private void Sort(TakenBlocks events, Span<RowPlace> places)
    {
        if (order.Length < places.Length)
        {
            order = new long[places.Length * 2];
        }

        var sorted = true;
        for (var i = 0; i < places.Length; i++)
        {
            order[i] = StoredRow.Time(events.RowAt(places[i]));
            sorted &= i == 0 || order[i - 1] < order[i];
        }

        if (sorted)
        {
            return;
        }

        order.AsSpan(0, places.Length).Sort(places);
        for (var first = 0; first < places.Length;)
        {
            var end = first + 1;
            while (end < places.Length && order[end] == order[first])
            {
                end++;
            }

            if (end - first > 1)
            {
                places[first..end].Sort((a, b) => StoredRow.Stamp(events.RowAt(a)).CompareTo(StoredRow.Stamp(events.RowAt(b))));
            }

            first = end;
        }
    }

    private void Evaluate(ReadOnlySpan<byte> asked)
    {
        var t = new EventTime(StoredRow.Time(asked));
        KnownAt? knownBy = StoredRow.Mark(asked) == 0 ? null : new KnownAt(StoredRow.Known(asked));
        fold.Evaluate(t, knownBy, values);
        Count += Found(t.Micros, knownBy?.Micros ?? t.Micros);
        encoded.Begin();
        encoded.EndKey();
        var ordinal = StoredRow.Number(asked);
        encoded.Stamp(0, 0, ordinal, 0);
        foreach (ref readonly var value in values.AsSpan())
        {
            encoded.Put(value);
        }

        writer.Append((int)(ordinal / rangeRows), encoded.End());
    }

    /// <summary>Whether an event of the key happened before the instant, and whether one of those is known. By stamps alone: a retraction is knowledge too.</summary>
    private LaneCount Found(long t, long knownBy)
    {
        var happened = Before(times.AsSpan(0, loaded), t);
        if (happened == 0)
        {
            return new(1, 0, 0);
        }

        var usable = (Int128)knownBy - visibility.DeclaredDelayMicros;
        var known = visibility.Mode switch
        {
            VisibilityMode.AsKnown => firstKnown[happened - 1] <= usable,
            VisibilityMode.SimulatedDelay => times[0] + (Int128)visibility.SimulatedDelayMicros <= usable,
            _ => true,
        };
        return new(1, 1, known ? 1 : 0);
    }

    /// <summary>How many of the sorted times are before an instant.</summary>
    private static int Before(ReadOnlySpan<long> sorted, long t)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = sorted[middle] < t ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

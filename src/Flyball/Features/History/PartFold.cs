using System.Runtime.InteropServices;
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
    private readonly List<long> times = [];
    private readonly List<long> firstKnown = [];

    /// <summary>What was found so far.</summary>
    public LaneCount Count { get; private set; }

    public void Fold(TakenBlocks events, TakenBlocks spine)
    {
        var groups = new KeyGroups();
        var sortedEvents = GroupedRows.Of(events, place => groups.Add(events, place), () => groups.Count);
        var sortedSpine = GroupedRows.Of(spine, place => groups.Find(events, spine.RowAt(place)) + 1, () => groups.Count + 1);
        for (var group = -1; group < groups.Count; group++)
        {
            var asked = sortedSpine[group + 1];
            if (asked.IsEmpty)
            {
                continue;
            }

            Load(events, group < 0 ? [] : sortedEvents[group]);
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
        times.Clear();
        firstKnown.Clear();
        Sort(events, places);
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
            times.Add(stamp.EventTime.Micros);
            firstKnown.Add(earliest);
        }
    }

    private static void Sort(TakenBlocks events, Span<RowPlace> places)
    {
        for (var i = 1; i < places.Length; i++)
        {
            if (StoredRow.Stamp(events.RowAt(places[i])) < StoredRow.Stamp(events.RowAt(places[i - 1])))
            {
                places.Sort((a, b) => StoredRow.Stamp(events.RowAt(a)).CompareTo(StoredRow.Stamp(events.RowAt(b))));
                return;
            }
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

    /// <summary>Whether an event of the key happened by the instant, and whether one of those is known. By stamps alone: a retraction is knowledge too.</summary>
    private LaneCount Found(long t, long knownBy)
    {
        var happened = CollectionsMarshal.AsSpan(times).BinarySearch(t, new AtOrBefore());
        happened = happened < 0 ? ~happened : happened;
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

    /// <summary>Never equal, so that the search ends behind every time that is not later.</summary>
    private readonly struct AtOrBefore : IComparer<long>
    {
        public int Compare(long x, long y) => x <= y ? -1 : 1;
    }
}

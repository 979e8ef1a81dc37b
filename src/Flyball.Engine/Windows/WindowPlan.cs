using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>One aggregate to compute: its fold, where its input is stored, where its result goes.</summary>
/// <param name="Fold">What computes it.</param>
/// <param name="Input">The input's place in a timeline, or -1 when it reads none.</param>
/// <param name="Empty">The value when nothing entered.</param>
/// <param name="Result">The result's place among the view's aggregates.</param>
internal sealed record AggregateSlot(AggregateFold Fold, int Input, Value Empty, int Result);

/// <summary>The aggregates of a view that share a window and a delay, and so the same rows.</summary>
internal sealed class WindowPlan(long windowMicros, long delayMicros, AggregateSlot[] slots)
{
    private readonly long tileLength = TileLength.For(windowMicros);

    public int MostTiles { get; } = TileLength.MostTiles(windowMicros);

    /// <summary>Sets the results to what the aggregates of no rows are.</summary>
    public void Empty(Span<Value> results)
    {
        foreach (var slot in slots)
        {
            results[slot.Result] = slot.Empty;
        }
    }

    /// <summary>1. Finds the window's rows by binary search. 2. Cuts them into tiles. 3. Folds each aggregate over the visible ones.</summary>
    /// <param name="timeline">The rows.</param>
    /// <param name="t">The prediction instant.</param>
    /// <param name="cut">What is visible at it.</param>
    /// <param name="tileEnds">Scratch for at least <see cref="MostTiles"/>.</param>
    /// <param name="results">Where the aggregates go.</param>
    public void Evaluate(EntityTimeline timeline, long t, in VisibilityCut cut, Span<int> tileEnds, Span<Value> results)
    {
        var times = timeline.EventTimes;
        var end = Saturating.Subtract(t, delayMicros);
        var last = EntityTimeline.LowerBound(times, Math.Min(end, cut.EventTimeEnd));
        var first = EntityTimeline.LowerBound(times[..last], Saturating.Subtract(end, windowMicros));
        if (first == last)
        {
            Empty(results);
            return;
        }

        var rows = new WindowRows
        {
            KnownAts = timeline.KnownAts,
            Seqs = timeline.Seqs,
            First = first,
            TileEnds = tileEnds[..CutIntoTiles(times[..last], first, tileEnds)],
            KnownLimit = cut.KnownLimit,
            SeqLimit = cut.SeqLimit,
            AllVisible = timeline.GreatestKnownAt <= cut.KnownLimit && timeline.GreatestSeq <= cut.SeqLimit,
        };
        foreach (var slot in slots)
        {
            var input = slot.Input < 0 ? default : timeline.Column(slot.Input).Span;
            var value = slot.Fold.Fold(rows, input, out var entered);
            results[slot.Result] = entered == 0 ? slot.Empty : value;
        }
    }

    private int CutIntoTiles(ReadOnlySpan<long> times, int first, Span<int> tileEnds)
    {
        var tiles = 0;
        for (var row = first; row < times.Length; tiles++)
        {
            var lastOfTile = TileLength.LastOfTile(times[row], tileLength);
            do
            {
                row++;
            }
            while (row < times.Length && times[row] <= lastOfTile);

            tileEnds[tiles] = row;
        }

        return tiles;
    }
}

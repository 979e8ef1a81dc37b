using System.Buffers;
using System.Runtime.CompilerServices;

namespace Flyball.Engine.Windows;

/// <summary>
/// Where the rows that wait behind the last one in order belong: computed once, applied to every array of a timeline. Every row moves at most once.
/// </summary>
internal sealed class RowMerge : IDisposable
{
    private readonly int late;
    private readonly int[] order;
    private readonly int[] places;
    private readonly int[] ranks;

    /// <param name="settled">Rows in order; those behind them are to be merged, at least one.</param>
    /// <param name="eventTimes">Of all rows.</param>
    /// <param name="knownAts">Of all rows.</param>
    /// <param name="seqs">Of all rows.</param>
    public RowMerge(int settled, ReadOnlySpan<long> eventTimes, ReadOnlySpan<long> knownAts, ReadOnlySpan<long> seqs)
    {
        (Settled, Count, late) = (settled, eventTimes.Length, eventTimes.Length - settled);
        order = ArrayPool<int>.Shared.Rent(late);
        places = ArrayPool<int>.Shared.Rent(late);
        ranks = ArrayPool<int>.Shared.Rent(late);
        var stamps = ArrayPool<RowStamp>.Shared.Rent(late);
        for (var i = 0; i < late; i++)
        {
            order[i] = settled + i;
            stamps[i] = new(new(eventTimes[settled + i]), new(knownAts[settled + i]), seqs[settled + i]);
        }

        stamps.AsSpan(0, late).Sort(order.AsSpan(0, late));
        var place = 0;
        for (var i = 0; i < late; i++)
        {
            places[i] = place = PlaceIn(eventTimes, knownAts, seqs, place, stamps[i]);
            ranks[order[i] - settled] = i;
        }

        ArrayPool<RowStamp>.Shared.Return(stamps);
    }

    /// <summary>Rows that were in order.</summary>
    public int Settled { get; }

    /// <summary>All rows.</summary>
    public int Count { get; }

    /// <summary>The first place that gets another row.</summary>
    public int First => places[0];

    /// <summary>Where a row goes that is at a place now.</summary>
    public int PlaceOf(int row)
    {
        if (row >= Settled)
        {
            var rank = ranks[row - Settled];
            return places[rank] + rank;
        }

        // As many late rows as are to stand before it.
        var (low, high) = (0, late);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = places[middle] <= row ? (middle + 1, high) : (low, middle);
        }

        return row + low;
    }

    /// <summary>Takes the rows of one array to their places.</summary>
    public void Apply<T>(T[] rows)
    {
        var taken = ArrayPool<T>.Shared.Rent(late);
        for (var i = 0; i < late; i++)
        {
            taken[i] = rows[order[i]];
        }

        for (var (i, end) = (late - 1, Settled); i >= 0; i--)
        {
            var place = places[i];
            Array.Copy(rows, place, rows, place + i + 1, end - place);
            rows[place + i] = taken[i];
            end = place;
        }

        ArrayPool<T>.Shared.Return(taken, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(order);
        ArrayPool<int>.Shared.Return(places);
        ArrayPool<int>.Shared.Return(ranks);
    }

    /// <summary>How many rows in order are before a stamp; at least <paramref name="low"/>.</summary>
    private int PlaceIn(ReadOnlySpan<long> eventTimes, ReadOnlySpan<long> knownAts, ReadOnlySpan<long> seqs, int low, RowStamp stamp)
    {
        var high = Settled;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var before = new RowStamp(new(eventTimes[middle]), new(knownAts[middle]), seqs[middle]) < stamp;
            (low, high) = before ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

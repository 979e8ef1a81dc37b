using System.Runtime.InteropServices;

namespace Flyball.Engine.Windows;

/// <summary>
/// What is known of whole blocks of an input's rows, so that a window costs the same however many rows it holds.
/// 1. Before every block stand the count and the exact sums of all rows before it; the sums of a range are a difference, and exact.
/// 2. Numbers too wide for those sums are left out and listed.
/// 3. Extremes, which cannot be subtracted, are kept by block on several levels.
/// </summary>
internal sealed class ColumnIndex
{
    private readonly InputNeeds needs;
        private readonly List<int> wide = [];
    private readonly BlockExtremes<double, Smallest>? leastNumbers;
    private readonly BlockExtremes<double, Greatest>? greatestNumbers;
    private readonly BlockExtremes<long, Smallest>? leastIntegers;
    private readonly BlockExtremes<long, Greatest>? greatestIntegers;
    private ulong[] moments = [];
    private int[] counts = [];
    private int blocks;

    public ColumnIndex(InputNeeds needs, InputStorage storage)
    {
        this.needs = needs;
        Layout = storage == InputStorage.Integers ? MomentLayout.Integers : MomentLayout.Narrow;
        Stride = Layout.Length(needs.Moments);
        var number = storage == InputStorage.Numbers;
        leastNumbers = needs.Least && number ? new(double.PositiveInfinity) : null;
        greatestNumbers = needs.Greatest && number ? new(double.NegativeInfinity) : null;
        leastIntegers = needs.Least && !number ? new(long.MaxValue) : null;
        greatestIntegers = needs.Greatest && !number ? new(long.MinValue) : null;
    }

    public MomentLayout Layout { get; }

    /// <summary>How far the kept sums go; an aggregate that needs less finds its own among them.</summary>
    public MomentOrder Order => needs.Moments;

    /// <summary>Memory of the counts and sums.</summary>
    public long Bytes => (counts.Length * (long)sizeof(int)) + (moments.Length * (long)sizeof(ulong)) + (wide.Count * (long)sizeof(int));

    /// <summary>Limbs of one set of sums.</summary>
    public int Stride { get; }

    /// <summary>The first blocks are true, the others are computed again when they are next needed.</summary>
    public void Truncate(int valid)
    {
        blocks = Math.Min(blocks, valid);
        var listed = LowerBound(wide, blocks << RowBlocks.Shift);
        wide.RemoveRange(listed, wide.Count - listed);
    }

    public void Extend(int toBlock, InputColumn column, ReadOnlySpan<long> times)
    {
        if (toBlock <= blocks)
        {
            return;
        }

        if (counts.Length <= toBlock)
        {
            Array.Resize(ref counts, Math.Max(8, toBlock * 2));
            Array.Resize(ref moments, counts.Length * Stride);
        }

        leastNumbers?.Extend(blocks, toBlock, column.Numbers, []);
        greatestNumbers?.Extend(blocks, toBlock, column.Numbers, []);
        leastIntegers?.Extend(blocks, toBlock, column.Integers, column.Presence);
        greatestIntegers?.Extend(blocks, toBlock, column.Integers, column.Presence);
        for (; blocks < toBlock; blocks++)
        {
            var (first, end) = (blocks << RowBlocks.Shift, (blocks + 1) << RowBlocks.Shift);
            counts[blocks + 1] = counts[blocks] + CountRows(column, first, end);
            if (Stride > 0)
            {
                var after = moments.AsSpan((blocks + 1) * Stride, Stride);
                moments.AsSpan(blocks * Stride, Stride).CopyTo(after);
                AddRows(column, times, first, end, after, wide);
            }
        }
    }

    /// <summary>How many rows of a range have a value.</summary>
    public int Count(InputColumn column, int first, int end)
    {
        if (!column.HasGaps)
        {
            return end - first;
        }

        if (end - first <= RowBlocks.Rows)
        {
            return CountRows(column, first, end);
        }

        var (a, b) = ((first + RowBlocks.Mask) >> RowBlocks.Shift, Math.Min(blocks, end >> RowBlocks.Shift));
        return counts[b] - counts[a] + CountRows(column, first, a << RowBlocks.Shift) + CountRows(column, b << RowBlocks.Shift, end);
    }

    /// <summary>Adds the sums of a range; false when wide numbers in it were left out.</summary>
    public bool AddMoments(InputColumn column, ReadOnlySpan<long> times, int first, int end, Span<ulong> into)
    {
        if (end - first <= 2 * RowBlocks.Rows)
        {
            return AddRows(column, times, first, end, into, null);
        }

        var half = RowBlocks.Rows / 2;
        var (a, b) = ((first + half) >> RowBlocks.Shift, Math.Min(blocks, (end + half) >> RowBlocks.Shift));
        Layout.Add(into, moments.AsSpan(b * Stride, Stride), needs.Moments);
        Layout.Subtract(into, moments.AsSpan(a * Stride, Stride), needs.Moments);
        var exact = LowerBound(wide, first) == LowerBound(wide, Math.Min(end, blocks << RowBlocks.Shift));
        exact &= Adjust(column, times, first, a << RowBlocks.Shift, into);
        return exact & Adjust(column, times, b << RowBlocks.Shift, end, into);
    }

    /// <summary>Adds the wide numbers of a range in the layout that holds every number.</summary>
    public void AddWide(InputColumn column, ReadOnlySpan<long> times, int first, int end, Span<ulong> into)
    {
        Span<ulong> ignored = stackalloc ulong[Stride];
        var indexed = blocks << RowBlocks.Shift;
        foreach (var row in CollectionsMarshal.AsSpan(wide)[LowerBound(wide, first)..LowerBound(wide, end)])
        {
            MomentLayout.Wide.TryAdd(into, needs.Moments, column.Numbers[row], times[row]);
        }

        for (var row = Math.Max(first, indexed); row < end; row++)
        {
            if (column.Presence[row] == InputColumn.Present && !Layout.TryAdd(ignored, needs.Moments, column.Numbers[row], times[row]))
            {
                MomentLayout.Wide.TryAdd(into, needs.Moments, column.Numbers[row], times[row]);
            }
        }
    }

    public double Least(InputColumn column, int first, int end, double best) => leastNumbers!.Range(first, end, best, column.Numbers, []);

    public double Greatest(InputColumn column, int first, int end, double best) => greatestNumbers!.Range(first, end, best, column.Numbers, []);

    public long Least(InputColumn column, int first, int end, long best) => leastIntegers!.Range(first, end, best, column.Integers, column.Presence);

    public long Greatest(InputColumn column, int first, int end, long best) => greatestIntegers!.Range(first, end, best, column.Integers, column.Presence);

    private static int CountRows(InputColumn column, int first, int end)
    {
        var count = 0;
        foreach (var state in column.Presence[first..end])
        {
            count += state & InputColumn.Present;
        }

        return count;
    }

    private static int LowerBound(List<int> sorted, int least)
    {
        if (sorted.Count == 0)
        {
            return 0;
        }

        var place = sorted.BinarySearch(least);
        return place < 0 ? ~place : place;
    }

    /// <summary>Adds the rows from a boundary's block on, or takes away those before it; the range is forward or backward.</summary>
    private bool Adjust(InputColumn column, ReadOnlySpan<long> times, int from, int to, Span<ulong> into)
    {
        if (from <= to)
        {
            return AddRows(column, times, from, to, into, null);
        }

        Span<ulong> less = stackalloc ulong[Stride];
        less.Clear();
        AddRows(column, times, to, from, less, null);
        Layout.Subtract(into, less, needs.Moments);
        return true;
    }

    private bool AddRows(InputColumn column, ReadOnlySpan<long> times, int first, int end, Span<ulong> into, List<int>? tooWide)
    {
        var all = true;
        var whole = column.Storage == InputStorage.Integers;
        var presence = column.Presence;
        var numbers = column.Numbers;
        var integers = column.Integers;
        for (var row = first; row < end; row++)
        {
            if (presence[row] != InputColumn.Present)
            {
                continue;
            }

            if (whole)
            {
                Layout.Add(into, needs.Moments, integers[row], times[row]);
            }
            else if (!Layout.TryAdd(into, needs.Moments, numbers[row], times[row]))
            {
                all = false;
                tooWide?.Add(row);
            }
        }

        return all;
    }
}

using System.Buffers;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>One aggregate to compute: its fold, where its input is stored, where its result goes.</summary>
/// <param name="Fold">What computes it.</param>
/// <param name="Input">The input's place in a timeline, or -1 when it reads none.</param>
/// <param name="Empty">The value when nothing entered.</param>
/// <param name="Result">The result's place among the view's aggregates.</param>
internal sealed record AggregateSlot(AggregateFold Fold, int Input, Value Empty, int Result);

/// <summary>Which rows a window holds, seen from the instant t: [t - d - w, t - d), and (…] with the end when it is closed.</summary>
/// <param name="LengthMicros">w.</param>
/// <param name="DelayMicros">d.</param>
/// <param name="IsClosed">Whether the end belongs to it.</param>
internal readonly record struct WindowShape(long LengthMicros, long DelayMicros, bool IsClosed)
{
    /// <summary>The first instant behind the window.</summary>
    public long EndAt(long t) => Saturating.Add(Saturating.Subtract(t, DelayMicros), IsClosed ? 1 : 0);

    /// <summary>The first instant in it.</summary>
    public long StartAt(long t) => Saturating.Subtract(Saturating.Subtract(t, DelayMicros), LengthMicros);
}

/// <summary>The first row behind a window's end.</summary>
/// <param name="Micros">The end.</param>
/// <param name="Row">The row.</param>
/// <param name="AllKnown">Whether every row before it is visible, as far as that was told without looking at each.</param>
/// <param name="IsFound">Whether anything was looked for.</param>
internal readonly record struct WindowEnd(long Micros, int Row, bool AllKnown, bool IsFound);

/// <summary>The aggregates of a view that share a window, and so the same rows.</summary>
internal sealed class WindowPlan
{
    private readonly AggregateSlot[] slots;
    private readonly Group[] groups;

    public WindowPlan(WindowShape shape, IReadOnlyList<AggregateSlot> slots)
    {
        Shape = shape;
        this.slots = [.. slots];
        groups = [.. slots.GroupBy(slot => slot.Input).Select(group => new Group(group.Key, [.. group]))];
    }

    public WindowShape Shape { get; }

    /// <summary>Sets the results to what the aggregates of no rows are.</summary>
    public void Empty(Span<Value> results, Span<FoldOutcome> outcomes)
    {
        foreach (var slot in slots)
        {
            results[slot.Result] = slot.Empty;
            outcomes[slot.Result] = FoldOutcome.NoRows;
        }
    }

    /// <summary>1. Finds the window's rows by binary search. 2. Parts those that count from the rest. 3. Folds each input once for all its aggregates.</summary>
    /// <param name="timeline">The rows, indexed.</param>
    /// <param name="t">The prediction instant.</param>
    /// <param name="cut">What is visible at it.</param>
    /// <param name="found">Where the last window ended, which most often is where this one does.</param>
    /// <param name="results">Where the aggregates go.</param>
    /// <param name="outcomes">How each ended.</param>
    public void Evaluate(EntityTimeline timeline, long t, in VisibilityCut cut, ref WindowEnd found, Span<Value> results, Span<FoldOutcome> outcomes)
    {
        var times = timeline.EventTimes;
        var end = Math.Min(Shape.EndAt(t), cut.EventTimeEnd);
        if (!found.IsFound || found.Micros != end)
        {
            var row = EntityTimeline.LowerBound(times, end);
            found = new(end, row, VisibleRows.AllKnown(timeline, row, cut), true);
        }

        var last = found.Row;
        var first = EntityTimeline.LowerBound(times[..last], Shape.StartAt(t));
        if (first == last)
        {
            Empty(results, outcomes);
            return;
        }

        if (found.AllKnown && VisibleRows.NoneContested(timeline, first, last))
        {
            Fold(timeline, t, [new(first, last)], results, outcomes);
            return;
        }

        var runs = new PooledList<RowRun>();
        VisibleRows.Split(timeline, first, last, cut, ref runs);
        if (runs.Count == 0)
        {
            Empty(results, outcomes);
        }
        else
        {
            Fold(timeline, t, runs.Items, results, outcomes);
        }

        runs.Dispose();
    }

    private void Fold(EntityTimeline timeline, long t, ReadOnlySpan<RowRun> runs, Span<Value> results, Span<FoldOutcome> outcomes)
    {
        foreach (var group in groups)
        {
            group.Fold(timeline, t, runs, results, outcomes);
        }
    }

    /// <summary>The aggregates of one input in one window.</summary>
    private sealed class Group(int input, AggregateSlot[] slots)
    {
        private readonly MomentOrder order = (MomentOrder)slots.Max(slot => (int)slot.Fold.Needs.Moments);

        public void Fold(EntityTimeline timeline, long t, ReadOnlySpan<RowRun> runs, Span<Value> results, Span<FoldOutcome> outcomes)
        {
            var (column, index) = input < 0 ? (null, null) : (timeline.Column(input), timeline.Index(input));
            var count = 0L;
            foreach (var run in runs)
            {
                count += column is null ? run.Length : index!.Count(column, run.First, run.End);
            }

            Span<ulong> limbs = stackalloc ulong[order == MomentOrder.None ? 0 : index!.Stride];
            limbs.Clear();
            ulong[]? rented = null;
            if (order != MomentOrder.None)
            {
                var exact = true;
                foreach (var run in runs)
                {
                    exact &= index!.AddMoments(column!, timeline.EventTimes, run.First, run.End, limbs);
                }

                rented = exact ? null : Widened(timeline, runs, column!, index!, limbs);
            }

            var moments = rented is null
                ? new Moments(count, index?.Layout ?? MomentLayout.Integers, limbs)
                : new Moments(count, MomentLayout.Wide, rented);
            Answer(new() { Column = column, Index = index, Times = timeline.EventTimes, Runs = runs, T = t, Moments = moments, Count = count }, results, outcomes);
            if (rented is not null)
            {
                ArrayPool<ulong>.Shared.Return(rented);
            }
        }

        /// <summary>Among the numbers are some beyond the narrow sums: a layout with room for every number there is takes both in.</summary>
        private static ulong[] Widened(EntityTimeline timeline, ReadOnlySpan<RowRun> runs, InputColumn column, ColumnIndex index, ReadOnlySpan<ulong> narrow)
        {
            var length = MomentLayout.Wide.Length(MomentOrder.Trend);
            var rented = ArrayPool<ulong>.Shared.Rent(length);
            var limbs = rented.AsSpan(0, length);
            limbs.Clear();
            MomentLayout.Wide.AddNarrow(limbs, narrow, index.Order);
            foreach (var run in runs)
            {
                index.AddWide(column, timeline.EventTimes, run.First, run.End, limbs);
            }

            return rented;
        }

        private void Answer(in FoldInput folded, Span<Value> results, Span<FoldOutcome> outcomes)
        {
            foreach (var slot in slots)
            {
                var outcome = slot.Fold.Fold(folded, out var value);
                outcomes[slot.Result] = outcome;
                results[slot.Result] = outcome == FoldOutcome.Empty ? slot.Empty : value;
            }
        }
    }
}

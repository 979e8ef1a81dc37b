namespace Flyball.Engine.Expressions;

/// <summary>
/// What the aggregates of a <see cref="BatchPlan"/> have seen. States of parts of a batch merge: counts, integer sums and extremes exactly,
/// sums of numbers up to rounding. Adding a row allocates nothing. Not thread-safe.
/// </summary>
public sealed class BatchState
{
    private readonly BatchPlan plan;
    private readonly Cell[] cells;

    internal BatchState(BatchPlan plan)
    {
        this.plan = plan;
        cells = new Cell[plan.Slots.Length];
    }

    /// <summary>Takes a row in the order of the schema that the plan was bound to.</summary>
    public void Add(ReadOnlySpan<Value> row)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            var slot = plan.Slots[i];
            if (slot.Argument is null)
            {
                cells[i].Count++;
                continue;
            }

            var value = slot.Argument.Evaluate(row);
            if (!value.IsNull)
            {
                cells[i].Add(slot, value);
            }
        }
    }

    /// <summary>Takes what another state of the same plan has seen.</summary>
    public void Merge(BatchState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i].Merge(plan.Slots[i], other.cells[i]);
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear() => Array.Clear(cells);

    internal Value[] Results()
    {
        var results = new Value[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            results[i] = cells[i].Result(plan.Slots[i]);
        }

        return results;
    }

    private struct Cell
    {
        public long Count;
        private Int128 integers;
        private double sum;
        private double lost;
        private Value extreme;

        public void Add(BatchSlot slot, in Value value)
        {
            Count++;
            switch (slot.Aggregate)
            {
                case BatchAggregate.Least or BatchAggregate.Greatest:
                    Keep(slot, value);
                    break;
                case BatchAggregate.Sum or BatchAggregate.Mean when value.Kind == ScalarType.Integer:
                    integers += value.Bits;
                    break;
                case BatchAggregate.Sum or BatchAggregate.Mean:
                    AddNumber(value.Number);
                    break;
                default:
                    break;
            }
        }

        public void Merge(BatchSlot slot, in Cell other)
        {
            Count += other.Count;
            integers += other.integers;
            AddNumber(other.sum);
            lost += other.lost;
            if (!other.extreme.IsNull)
            {
                Keep(slot, other.extreme);
            }
        }

        public readonly Value Result(BatchSlot slot)
        {
            if (slot.Aggregate == BatchAggregate.Count)
            {
                return Value.FromInteger(Count);
            }

            if (Count == 0)
            {
                return Value.Null;
            }

            return slot.Aggregate switch
            {
                BatchAggregate.Least or BatchAggregate.Greatest => extreme,
                BatchAggregate.Sum when slot.Type == ScalarType.Integer => integers >= long.MinValue && integers <= long.MaxValue ? Value.FromInteger((long)integers) : Value.Null,
                BatchAggregate.Sum => Value.FromNumber(sum + lost),
                _ => Value.FromNumber(((double)integers + sum + lost) / Count),
            };
        }

        private void Keep(BatchSlot slot, in Value value)
        {
            if (extreme.IsNull || (slot.Aggregate == BatchAggregate.Least ? Compare(value, extreme) < 0 : Compare(value, extreme) > 0))
            {
                extreme = value;
            }
        }

        private static int Compare(in Value a, in Value b) =>
            a.Kind == ScalarType.Number ? a.Number.CompareTo(b.Number) : a.Bits.CompareTo(b.Bits);

        /// <summary>Neumaier's compensated sum: the rounding error of each step is kept apart.</summary>
        private void AddNumber(double number)
        {
            var next = sum + number;
            lost += Math.Abs(sum) >= Math.Abs(number) ? sum - next + number : number - next + sum;
            sum = next;
        }
    }
}

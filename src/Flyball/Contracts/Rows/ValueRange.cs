namespace Flyball.Contracts.Rows;

/// <summary>The values that bounds leave, as they were compiled: whole numbers and microseconds as longs, numbers as doubles, times of day as texts.</summary>
/// <param name="Least">Lower bound; null for none.</param>
/// <param name="LeastIsOpen">The bound itself is outside.</param>
/// <param name="Most">Upper bound, of the type of the lower one; null for none.</param>
/// <param name="MostIsOpen">The bound itself is outside.</param>
internal sealed record ValueRange(IComparable? Least, bool LeastIsOpen, IComparable? Most, bool MostIsOpen)
{
    /// <summary>Any value.</summary>
    public static ValueRange Whole { get; } = new(null, false, null, false);

    /// <summary>Closed bounds, where the ends of a long are none.</summary>
    public static ValueRange Of(long least, long most) => new(least == long.MinValue ? null : least, false, most == long.MaxValue ? null : most, false);

    /// <summary>What all range checks of a column, or its length check, leave together.</summary>
    public static ValueRange Of(FieldPlan field) => field.Checks.OfType<IRangeCheck>().Aggregate(Whole, (all, check) => all.Within(check.Range));

    /// <summary>Every value inside <paramref name="other"/> is inside this.</summary>
    public bool Includes(ValueRange other) =>
        (Least is null || (other.Least is { } least && Compare(least, Least) is var low && (low > 0 || (low == 0 && (!LeastIsOpen || other.LeastIsOpen)))))
        && (Most is null || (other.Most is { } most && Compare(most, Most) is var high && (high < 0 || (high == 0 && (!MostIsOpen || other.MostIsOpen)))));

    private static int Compare(IComparable a, IComparable b) => a is string text ? string.CompareOrdinal(text, (string)b) : a.CompareTo(b);

    private ValueRange Within(ValueRange other)
    {
        var lower = new ValueRange(other.Least, other.LeastIsOpen, null, false).Includes(new ValueRange(Least, LeastIsOpen, null, false)) ? this : other;
        var upper = new ValueRange(null, false, other.Most, other.MostIsOpen).Includes(new ValueRange(null, false, Most, MostIsOpen)) ? this : other;
        return new ValueRange(lower.Least, lower.LeastIsOpen, upper.Most, upper.MostIsOpen);
    }
}

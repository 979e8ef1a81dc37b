namespace Flyball.Engine.Expressions;

/// <summary>Orders two values that are not null and whose types the binder knows; negative, zero or positive.</summary>
internal interface IValueOrder
{
    static abstract int Compare(in Value a, in Value b);
}

/// <summary>Integers, timestamps and booleans (false before true).</summary>
internal readonly struct BitsOrder : IValueOrder
{
    public static int Compare(in Value a, in Value b) => a.Bits.CompareTo(b.Bits);
}

internal readonly struct NumberOrder : IValueOrder
{
    public static int Compare(in Value a, in Value b) => a.Number.CompareTo(b.Number);
}

internal readonly struct TextOrder : IValueOrder
{
    public static int Compare(in Value a, in Value b) => string.CompareOrdinal(a.Text, b.Text);
}

/// <summary>An integer with a number, without rounding the integer: 2^53 + 1 is greater than 2^53 as a double.</summary>
internal readonly struct IntegerNumberOrder : IValueOrder
{
    private const double TwoTo63 = 9223372036854775808.0;

    public static int Compare(in Value a, in Value b) => Compare(a.Bits, b.Number);

    internal static int Compare(long integer, double number)
    {
        if (number >= TwoTo63)
        {
            return -1;
        }

        if (number < -TwoTo63)
        {
            return 1;
        }

        var floor = Math.Floor(number);
        var whole = integer.CompareTo((long)floor);
        return whole != 0 ? whole : floor < number ? -1 : 0;
    }
}

internal readonly struct NumberIntegerOrder : IValueOrder
{
    public static int Compare(in Value a, in Value b) => -IntegerNumberOrder.Compare(b.Bits, a.Number);
}

/// <param name="left">The left operand.</param>
/// <param name="right">The right operand.</param>
/// <param name="accepted">Which outcomes are true: 1 less, 2 equal, 4 greater, added up.</param>
internal sealed class ComparisonNode<TOrder>(Node left, Node right, int accepted) : Node(ScalarType.Boolean)
    where TOrder : struct, IValueOrder
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = left.Evaluate(row);
        var b = right.Evaluate(row);
        return a.IsNull || b.IsNull
            ? Value.Null
            : Value.FromBoolean(((accepted >> (Math.Sign(TOrder.Compare(a, b)) + 1)) & 1) != 0);
    }
}

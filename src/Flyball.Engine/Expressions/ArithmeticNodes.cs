namespace Flyball.Engine.Expressions;

internal interface IIntegerOperation
{
    /// <summary>False when there is no 64-bit result.</summary>
    static abstract bool TryApply(long a, long b, out long result);
}

internal interface INumberOperation
{
    /// <summary>May return NaN or infinity, which become null.</summary>
    static abstract double Apply(double a, double b);
}

internal sealed class IntegerArithmetic<TOperation>(Node left, Node right) : Node(ScalarType.Integer)
    where TOperation : struct, IIntegerOperation
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = left.Evaluate(row);
        var b = right.Evaluate(row);
        return !a.IsNull && !b.IsNull && TOperation.TryApply(a.Bits, b.Bits, out var result) ? Value.FromInteger(result) : Value.Null;
    }
}

internal sealed class NumberArithmetic<TOperation>(Node left, Node right) : Node(ScalarType.Number)
    where TOperation : struct, INumberOperation
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = left.Evaluate(row);
        var b = right.Evaluate(row);
        return a.IsNull || b.IsNull ? Value.Null : Value.FromNumber(TOperation.Apply(a.Number, b.Number));
    }
}

internal readonly struct Addition : IIntegerOperation, INumberOperation
{
    public static bool TryApply(long a, long b, out long result)
    {
        result = unchecked(a + b);
        return ((a ^ result) & (b ^ result)) >= 0;
    }

    public static double Apply(double a, double b) => a + b;
}

internal readonly struct Subtraction : IIntegerOperation, INumberOperation
{
    public static bool TryApply(long a, long b, out long result)
    {
        result = unchecked(a - b);
        return ((a ^ b) & (a ^ result)) >= 0;
    }

    public static double Apply(double a, double b) => a - b;
}

internal readonly struct Multiplication : IIntegerOperation, INumberOperation
{
    public static bool TryApply(long a, long b, out long result)
    {
        var high = Math.BigMul(a, b, out result);
        return high == result >> 63;
    }

    public static double Apply(double a, double b) => a * b;
}

/// <summary>Always floating point: 1 / 2 is 0.5, and x / 0 is null.</summary>
internal readonly struct Division : INumberOperation
{
    public static double Apply(double a, double b) => a / b;
}

/// <summary>Rounds towards zero as SQL does; by zero is null, and so is the one quotient that does not fit.</summary>
internal readonly struct IntegerDivision : IIntegerOperation
{
    public static bool TryApply(long a, long b, out long result)
    {
        var defined = b != 0 && !(a == long.MinValue && b == -1);
        result = defined ? a / b : 0;
        return defined;
    }
}

/// <summary>Carries the sign of the dividend as SQL's does; by zero is null.</summary>
internal readonly struct Remainder : IIntegerOperation, INumberOperation
{
    public static bool TryApply(long a, long b, out long result)
    {
        // By -1 the remainder is 0, but the processor's division of the least integer by -1 traps.
        result = b is 0 or -1 ? 0 : a % b;
        return b != 0;
    }

    public static double Apply(double a, double b) => a % b;
}

using Flyball.Engine.Time;

namespace Flyball.Engine.Expressions;

internal interface IIntegerFunction
{
    /// <summary>False when there is no 64-bit result.</summary>
    static abstract bool TryApply(long a, out long result);
}

internal interface INumberFunction
{
    /// <summary>May return NaN or infinity, which become null.</summary>
    static abstract double Apply(double a);
}

/// <summary>From an integer or a timestamp to an integer.</summary>
internal sealed class IntegerFunction<TFunction>(Node operand) : Node(ScalarType.Integer)
    where TFunction : struct, IIntegerFunction
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = operand.Evaluate(row);
        return !a.IsNull && TFunction.TryApply(a.Bits, out var result) ? Value.FromInteger(result) : Value.Null;
    }
}

internal sealed class NumberFunction<TFunction>(Node operand) : Node(ScalarType.Number)
    where TFunction : struct, INumberFunction
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = operand.Evaluate(row);
        return a.IsNull ? a : Value.FromNumber(TFunction.Apply(a.Number));
    }
}

internal readonly struct Negation : IIntegerFunction, INumberFunction
{
    public static bool TryApply(long a, out long result)
    {
        result = unchecked(-a);
        return a != long.MinValue;
    }

    public static double Apply(double a) => -a;
}

internal readonly struct Magnitude : IIntegerFunction, INumberFunction
{
    public static bool TryApply(long a, out long result)
    {
        result = a < 0 ? unchecked(-a) : a;
        return a != long.MinValue;
    }

    public static double Apply(double a) => Math.Abs(a);
}

internal readonly struct NaturalLogarithm : INumberFunction
{
    public static double Apply(double a) => Math.Log(a);
}

internal readonly struct NaturalLogarithmOfOneMore : INumberFunction
{
    // log1p in its stable form (D. Goldberg, 1991, theorem 4): exact for tiny x, where 1 + x loses it.
    public static double Apply(double a)
    {
        var one = 1 + a;
        return one == 1 ? a : Math.Log(one) * (a / (one - 1));
    }
}

internal readonly struct Logarithm2 : INumberFunction
{
    public static double Apply(double a) => Math.Log2(a);
}

internal readonly struct Logarithm10 : INumberFunction
{
    public static double Apply(double a) => Math.Log10(a);
}

internal readonly struct Exponential : INumberFunction
{
    public static double Apply(double a) => Math.Exp(a);
}

internal readonly struct SquareRoot : INumberFunction
{
    public static double Apply(double a) => Math.Sqrt(a);
}

internal readonly struct Floor : INumberFunction
{
    public static double Apply(double a) => Math.Floor(a);
}

internal readonly struct Ceiling : INumberFunction
{
    public static double Apply(double a) => Math.Ceiling(a);
}

internal readonly struct Truncation : INumberFunction
{
    public static double Apply(double a) => Math.Truncate(a);
}

/// <summary>Half away from zero.</summary>
internal readonly struct Rounded : INumberFunction
{
    public static double Apply(double a) => Math.Round(a, MidpointRounding.AwayFromZero);
}

/// <summary>Hour of the day in UTC, 0 to 23.</summary>
internal readonly struct HourOfDay : IIntegerFunction
{
    private const long MicrosPerHour = Clock.MicrosPerDay / 24;

    public static bool TryApply(long a, out long result)
    {
        var rest = a % Clock.MicrosPerDay;
        result = (rest < 0 ? rest + Clock.MicrosPerDay : rest) / MicrosPerHour;
        return true;
    }
}

/// <summary>Day of the week in UTC by ISO 8601: Monday 1 to Sunday 7.</summary>
internal readonly struct DayOfIsoWeek : IIntegerFunction
{
    // 1970-01-01 was a Thursday.
    private const long EpochDay = 3;

    public static bool TryApply(long a, out long result)
    {
        var day = Math.DivRem(a, Clock.MicrosPerDay, out var rest) - (rest < 0 ? 1 : 0);
        var weekday = (day + EpochDay) % 7;
        result = (weekday < 0 ? weekday + 7 : weekday) + 1;
        return true;
    }
}

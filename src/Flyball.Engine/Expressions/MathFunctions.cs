namespace Flyball.Engine.Expressions;

/// <summary>Functions of numbers. A result that is not finite, or an integer beyond 64 bits, is null.</summary>
internal static class MathFunctions
{
    private const ParameterKind Numeric = ParameterKind.Numeric;

    public static readonly ScalarFunction[] All =
    [
        new("abs", [Numeric], 1, static a => OnIntegerOrNumber<Magnitude>(a[0])),
        new("sign", [Numeric], 1, static a => a[0].Type == ScalarType.Number
            ? new StrictOne(ScalarType.Integer, a[0], static x => Value.FromInteger(Math.Sign(x.Number)))
            : new StrictOne(ScalarType.Integer, a[0], static x => Value.FromInteger(Math.Sign(x.Bits)))),
        new("floor", [Numeric], 1, static a => OnNumberAlone<Floor>(a[0])),
        new("ceil", [Numeric], 1, static a => OnNumberAlone<Ceiling>(a[0])),
        new("trunc", [Numeric], 1, static a => OnNumberAlone<Truncation>(a[0])),
        new("round", [Numeric, ParameterKind.Integer], 1, Rounding),
        OfNumber<SquareRoot>("sqrt"),
        OfNumber<NaturalLogarithm>("ln"),
        OfNumber<NaturalLogarithmOfOneMore>("log1p"),
        OfNumber<Logarithm2>("log2"),
        OfNumber<Logarithm10>("log10"),
        OfNumber<Exponential>("exp"),
        new("power", [ParameterKind.Number, ParameterKind.Number], 2, static a =>
            new StrictTwo(ScalarType.Number, a[0], a[1], static (x, y) => Value.FromNumber(Math.Pow(x.Number, y.Number)))),
        new("mod", [Numeric, Numeric], 2, static a => Arithmetic.Of(BinaryOperator.Remainder, a[0], a[1])!),
        new("div", [ParameterKind.Integer, ParameterKind.Integer], 2, static a => Arithmetic.Of(BinaryOperator.IntegerDivide, a[0], a[1])!),
    ];

    /// <summary>An integer result for an integer; also the unary minus.</summary>
    public static Node OnIntegerOrNumber<TFunction>(Node operand)
        where TFunction : struct, IIntegerFunction, INumberFunction =>
        operand.Type == ScalarType.Integer ? new IntegerFunction<TFunction>(operand) : new NumberFunction<TFunction>(operand);

    private static ScalarFunction OfNumber<TFunction>(string name)
        where TFunction : struct, INumberFunction =>
        new(name, [ParameterKind.Number], 1, static a => new NumberFunction<TFunction>(a[0]));

    /// <summary>An integer is its own result.</summary>
    private static Node OnNumberAlone<TFunction>(Node operand)
        where TFunction : struct, INumberFunction =>
        operand.Type == ScalarType.Integer ? operand : new NumberFunction<TFunction>(operand);

    private static Node Rounding(Node[] arguments)
    {
        if (arguments.Length == 1)
        {
            return OnNumberAlone<Rounded>(arguments[0]);
        }

        return new StrictTwo(ScalarType.Number, ExpressionBinder.As(arguments[0], ScalarType.Number)!, arguments[1], static (x, digits) => RoundTo(x.Number, digits.Bits));
    }

    /// <summary>Half away from zero, after scaling by a power of ten: 2.675 gives 2.68 although the double is a little less.</summary>
    private static Value RoundTo(double number, long digits)
    {
        if (digits is < -15 or > 15)
        {
            return Value.Null;
        }

        if (digits >= 0)
        {
            return Value.FromNumber(Math.Round(number, (int)digits, MidpointRounding.AwayFromZero));
        }

        var unit = Math.Pow(10, -digits);
        return Value.FromNumber(Math.Round(number / unit, MidpointRounding.AwayFromZero) * unit);
    }
}

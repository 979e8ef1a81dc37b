using System.Globalization;

namespace Flyball.Engine.Expressions;

/// <summary>Conversions between types that someone asked for; a value that has no counterpart becomes null.</summary>
internal static class Casts
{
    private const double TwoTo63 = 9223372036854775808.0;

    public static Node Bind(CastSyntax cast, ExpressionBinder binder)
    {
        var operand = binder.Bind(cast.Operand);
        if (ExpressionBinder.IsBroken(operand))
        {
            return operand;
        }

        return operand.Type == cast.Target ? operand
            : Of(operand, cast.Target)
            ?? binder.Refuse(ProblemCodes.TypeMismatch, cast.Start, $"{ExpressionBinder.Article(operand)} cannot be cast to {TypeNames.Of(cast.Target)}", Remedy(operand.Type, cast.Target));
    }

    /// <summary>Half away from zero; null outside 64 bits.</summary>
    public static Value Rounded(double number)
    {
        var whole = Math.Round(number, MidpointRounding.AwayFromZero);
        return whole >= -TwoTo63 && whole < TwoTo63 ? Value.FromInteger((long)whole) : Value.Null;
    }

    private static StrictOne? Of(Node operand, ScalarType target)
    {
        Func<Value, Value>? convert = (operand.Type, target) switch
        {
            (null, _) => static _ => Value.Null,
            (_, ScalarType.Text) => static a => Value.FromText(a.ToString()),
            (ScalarType.Integer, ScalarType.Number) => static a => Value.FromNumber(a.Bits),
            (ScalarType.Number, ScalarType.Integer) => static a => Rounded(a.Number),
            (ScalarType.Boolean, ScalarType.Integer) => static a => Value.FromInteger(a.Bits),
            (ScalarType.Boolean, ScalarType.Number) => static a => Value.FromNumber(a.Bits),
            (ScalarType.Integer, ScalarType.Boolean) => static a => Value.FromBoolean(a.Bits != 0),
            (ScalarType.Text, ScalarType.Integer) => static a => Integer(a.Text),
            (ScalarType.Text, ScalarType.Number) => static a => Number(a.Text),
            (ScalarType.Text, ScalarType.Boolean) => static a => Boolean(a.Text),
            (ScalarType.Text, ScalarType.Timestamp) => static a => Timestamp(a.Text),
            _ => null,
        };
        return convert is null ? null : new StrictOne(target, operand, convert);
    }

    public static Value Timestamp(string text) =>
        TimestampText.TryParse(text.Trim(), out var time) ? Value.FromTimestamp(time) : Value.Null;

    private static string? Remedy(ScalarType? from, ScalarType to) => (from, to) switch
    {
        (ScalarType.Timestamp, ScalarType.Integer or ScalarType.Number) => "Write epoch(t) for seconds since 1970.",
        (ScalarType.Integer or ScalarType.Number, ScalarType.Timestamp) => "Write to_timestamp(x) for seconds since 1970.",
        (ScalarType.Number, ScalarType.Boolean) => "Compare it with something: x != 0.",
        _ => null,
    };

    private static Value Integer(string text) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? Value.FromInteger(integer) : Value.Null;

    private static Value Number(string text) =>
        double.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? Value.FromNumber(number)
            : Value.Null;

    private static Value Boolean(string text) => text.AsSpan().Trim() switch
    {
        var word when word.Equals("true", StringComparison.OrdinalIgnoreCase) => Value.FromBoolean(true),
        var word when word.Equals("false", StringComparison.OrdinalIgnoreCase) => Value.FromBoolean(false),
        _ => Value.Null,
    };
}

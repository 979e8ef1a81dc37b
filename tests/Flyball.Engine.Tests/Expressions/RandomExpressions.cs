using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Engine.Tests.Expressions;

/// <summary>Texts of well-typed expressions over <see cref="Rows.Schema"/>, and texts that are only made of the language's words.</summary>
internal static class RandomExpressions
{
    private static readonly string[] Words =
    [
        "(", ")", ",", "+", "-", "*", "/", "//", "%", "=", "<", "<>", "!", "&", ".", "'", "\"", "and", "or", "not", "in", "between", "is", "null",
        "true", "1", "2.5", "1e400", "9223372036854775808", "7d", "3x", "over", "where", "delay", "empty", "count", "sum(", "mean(amount)", "if(",
        "coalesce", "amount", "n", "country", "event_time", "amuont", "'text'", "over 7d", "\u00e4", "\0", "\ud83d",
    ];

    public static Gen<string> Typed() => Gen.Choose(0, 4).SelectMany(depth => Gen.OneOf(Integer(depth), Number(depth), Boolean(depth)));

    public static Gen<string> Noise() =>
        Gen.Choose(0, 25).SelectMany(length => Gen.Elements(Words).ListOf(length)).Select(words => string.Join(' ', words));

    public static Gen<string> Aggregates(int depth) =>
        from name in Gen.Elements("count", "sum", "mean", "min", "max")
        from argument in Gen.OneOf(Integer(depth), Number(depth))
        from window in Gen.Elements("1s", "90s", "7d", "500ms")
        from clause in Gen.OneOf(Gen.Constant(""), Boolean(depth).Select(c => " where " + c), Gen.Constant(" delay 1h"), Gen.Constant(" empty 3"))
        select $"({name}({argument}) over {window}{clause})";

    private static Gen<string> Integer(int depth) => depth == 0
        ? Gen.Elements("n", "no_n", "big", "least", "1", "-1", "0", "\"and\"", "delay", "9223372036854775807", "-9223372036854775808")
        : Gen.OneOf(
            Integer(0),
            Binary(Integer(depth - 1), "+", "-", "*", "//", "%"),
            Integer(depth - 1).Select(a => $"-({a})"),
            Integer(depth - 1).Select(a => $"abs({a})"),
            Gen.Elements("hour(event_time)", "dayofweek(event_time)", "hour(no_time)"),
            from c in Boolean(depth - 1) from a in Integer(depth - 1) from b in Integer(depth - 1) select $"if({c}, {a}, {b})",
            from a in Integer(depth - 1) from b in Integer(depth - 1) select $"coalesce({a}, {b})");

    private static Gen<string> Number(int depth) => depth == 0
        ? Gen.Elements("amount", "no_amount", "2.5", "1e308", "-0.0", "1e-320", "0.1", "customer_activity.amount_mean_7d")
        : Gen.OneOf(
            Number(0),
            Binary(Gen.OneOf(Number(depth - 1), Integer(depth - 1)), "/"),
            Binary(Number(depth - 1), "+", "-", "*", "%"),
            from f in Gen.Elements("ln", "exp", "sqrt", "floor", "ceil", "abs", "-") from a in Number(depth - 1) select $"{f}({a})");

    private static Gen<string> Boolean(int depth) => depth == 0
        ? Gen.Elements("true", "false", "paid", "no_paid", "(country = 'DE')", "(no_country in ('DE', 'AT'))", "(event_time > '2026-01-01')", "(n is null)")
        : Gen.OneOf(
            Boolean(0),
            Binary(Boolean(depth - 1), "and", "or", "="),
            Boolean(depth - 1).Select(a => $"not ({a})"),
            Binary(Gen.OneOf(Number(depth - 1), Integer(depth - 1)), "=", "!=", "<", "<=", ">", ">="),
            from a in Number(depth - 1) from b in Integer(depth - 1) from n in Gen.Elements("", "not ") select $"({a} {n}between {b} and 3)",
            from a in Integer(depth - 1) from b in Number(depth - 1) from n in Gen.Elements("", "not ") select $"({a} {n}in ({b}, 7, null))");

    private static Gen<string> Binary(Gen<string> operand, params string[] operators) =>
        from a in operand from op in Gen.Elements(operators) from b in operand select $"({a} {op} {b})";
}
